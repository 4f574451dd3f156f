/* Functions of each element, stated as formulas. A formula is a row of words that work on a stack: `x` and `y` push the
 * operands, a number itself, `@word:position=number` the argument of that name, `=a` names what is on top and `a`
 * pushes it again; every other word is an operator, or another formula, that takes its operands from the stack and
 * pushes its result. What is on top in the end is the result. */
#include "import/keras/functions/formula.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "import/keras/functions/arguments.h"
#include "import/keras/names.h"

enum { DEPTH = 16, NAMES = 'x' - 'a' };

static const struct {
    const char *names, *text;
} formulas[] = {
    {"log1p", "x 1 + log"},
    {"log2", "x log 1.44269502 *"},
    {"log10", "x log 0.434294492 *"},
    {"expm1", "x exp 1 -"},
    {"exp2", "2 x pow"},
    {"reciprocal inv", "1 x /"},
    {"reciprocal_no_nan", "1 x divide_no_nan"},
    {"divide_no_nan div_no_nan", "y 0 == =a 0 x a 1 y select / select"}, /* never divides by 0: ranges stay finite */
    {"multiply_no_nan mul_no_nan", "y 0 == 0 x y * select"},
    {"xlogy", "x 0 == 0 x y log * select"},
    {"xlog1py", "x 0 == 0 x y 1 + log * select"},
    {"xdivy", "x 0 == 0 x y / select"},
    {"logaddexp", "x y max x y - abs neg exp 1 + log +"},
    {"logaddexp2", "x y max x y - abs neg 0.693147182 * exp 1 + log 1.44269502 * +"},
    {"hypot", "x square y square + sqrt"},
    {"threshold", "x @threshold:-1=0 > x @default_value:-1=0 select"},
    {"heaviside", "x 0 == y x 0 > number select"},
    {"is_nan isnan", "x x !="},
    {"is_finite isfinite", "x x - 0 =="},
    {"is_inf isinf", "x x - 0 != x x == and"}, /* the difference is not a number, x is one */
    {"isposinf", "x x - 0 != x 0 > and"},
    {"isneginf", "x x - 0 != x 0 < and"},
    {"nan_to_num", "x x != @nan:-1=0 x select"},
    {"logical_xor", "x y and not x y or and"},
    {"isclose", "x y - abs y abs @rtol:2=1e-5 * @atol:3=1e-8 + <="},
    {"adjust_brightness", "x @delta:1=0 +"},
    {"adjust_gamma", "x @gamma:1=1 pow @gain:2=1 *"},
    {"signbit", "x 0 <"},
    {"rint", "x round"},
    {"trunc", "x sign x abs floor *"},
    {"fmod truncatemod truncate_mod", "x y / =a sign a abs floor * =b x b y * -"},
    {"fmax", "x y max"}, /* the two differ for values that are not numbers */
    {"fmin", "x y min"},
    {"fabs", "x abs"},
    {"deg2rad", "x 0.0174532925 *"},
    {"rad2deg", "x 57.2957795 *"},
    {"cbrt", "x sign x abs 0.333333343 pow *"},
    {"sinc", "x 3.14159265 * =a 0 == =b 1 a sin b 1 a select / select"},
    {"tan", "x sin x cos /"},
    {"sinh", "x exp =a 1 a / - 0.5 *"},
    {"cosh", "x exp =a 1 a / + 0.5 *"},
    {"arcsinh asinh", "x sign x abs =a a a * 1 + sqrt + log *"},
    {"arccosh acosh", "x x x * 1 - sqrt + log"},
    {"arctanh atanh", "x 1 + 1 x - / log 0.5 *"},
    {"arctan atan", "x 1 arctan2"},
    {"arcsin asin", "x 1 x x * - 0 max sqrt arctan2"},
    {"arccos acos", "1 x x * - 0 max sqrt x arctan2"},
    /* x / y within the first half of a right angle by a polynomial (least largest error, 2.5e-7), then into its eighth
       of the circle. */
    {"arctan2 atan2", "x abs =a y abs =b a b min a b max 1e-30 max / =c c * =d 0.00681177074 * -0.0336041593 + d * "
                      "0.0796236097 + d * -0.132333391 + d * "
                      "0.198078149 + d * -0.33317368 + d * 0.999996112 + c * =e a b > 1.57079633 e - e select =f y 0 < "
                      "3.14159265 f - f select "
                      "=g x 0 < g neg g select"},
    /* tanh(x q(x^2)), where q has the least largest error in erf for |x| <= 3.5 (3e-6); beyond that erf is 1 to
       float32's eye. */
    {"erf", "x -3.5 max 3.5 min =a a * =b 3.22443312e-5 * -0.000415139994 + b * -0.000496819584 + b * 0.102932928 + b "
            "* 1.12835816 + a * "
            "tanh"},
    {"erfc", "1 x erf -"},
    /* Activations whose parameter is another than the usual one. */
    {"elu", "x 0 > x x elu @alpha:1=1 * select"},
    {"celu", "@alpha:1=1 =a x relu x 0 min a / exp 1 - a * +"},
    {"silu swish", "x @beta:1=1 * sigmoid x *"},
    {"squareplus", "x x square @b:1=4 + sqrt + 0.5 *"},
    {"soft_shrink", "@threshold:1=0.5 =a x a > x a - x a neg < x a + 0 select select"},
    {"hard_shrink", "x abs @threshold:1=0.5 > x 0 select"},
    {"sparse_plus", "x 1 < =a x -1 <= 0 a x 1 + square 0.25 * x select select"},
    {"sparse_sigmoid", "x 1 >= =a x -1 <= 0 a 1 x 1 + 0.5 * select select"},
};

static const struct {
    const char *word;
    octet_operator_code code;
    int32_t n;
} operators[] = {
    {"+", OCTET_OP_ADD, 2},
    {"-", OCTET_OP_SUB, 2},
    {"*", OCTET_OP_MUL, 2},
    {"/", OCTET_OP_DIV, 2},
    {"max", OCTET_OP_MAXIMUM, 2},
    {"min", OCTET_OP_MINIMUM, 2},
    {"pow", OCTET_OP_POW, 2},
    {"<", OCTET_OP_LESS, 2},
    {"<=", OCTET_OP_LESS_EQUAL, 2},
    {">", OCTET_OP_GREATER, 2},
    {">=", OCTET_OP_GREATER_EQUAL, 2},
    {"==", OCTET_OP_EQUAL, 2},
    {"!=", OCTET_OP_NOT_EQUAL, 2},
    {"and", OCTET_OP_LOGICAL_AND, 2},
    {"or", OCTET_OP_LOGICAL_OR, 2},
    {"not", OCTET_OP_LOGICAL_NOT, 1},
    {"neg", OCTET_OP_NEG, 1},
    {"exp", OCTET_OP_EXP, 1},
    {"log", OCTET_OP_LOG, 1},
    {"sqrt", OCTET_OP_SQRT, 1},
    {"abs", OCTET_OP_ABS, 1},
    {"square", OCTET_OP_SQUARE, 1},
    {"floor", OCTET_OP_FLOOR, 1},
    {"round", OCTET_OP_ROUND, 1},
    {"sign", OCTET_OP_SIGN, 1},
    {"sin", OCTET_OP_SIN, 1},
    {"cos", OCTET_OP_COS, 1},
    {"tanh", OCTET_OP_TANH, 1},
    {"relu", OCTET_OP_RELU, 1},
    {"elu", OCTET_OP_ELU, 1},
    {"sigmoid", OCTET_OP_LOGISTIC, 1},
    {"select", OCTET_OP_SELECT_V2, 3},
};

/* One run of a formula: x and y, what was named, the stack. */
typedef struct run {
    uint32_t operands[2], named[NAMES], stack[DEPTH];
    int32_t n;
} run;

static const char *formula_of(const char *name) {
    for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++) {
        if (octet_keras_word_in(formulas[i].names, name)) return formulas[i].text;
    }
    return NULL;
}

static octet_status evaluate(octet_keras_call *call, const char *text, run *r);

/* The operator or formula `word` on the top of the stack. */
static octet_status apply(octet_keras_call *call, const char *word, run *r) {
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        if (strcmp(operators[i].word, word) != 0) continue;
        const octet_operator_code code = operators[i].code;
        r->n -= operators[i].n;
        if (code == OCTET_OP_SELECT_V2) OCTET_TRY(octet_keras_select(call, r->stack + r->n, &r->stack[r->n]));
        else
            OCTET_TRY(octet_keras_emit(call, code, octet_operator_name(code), r->stack + r->n, (uint32_t)operators[i].n,
                                       NULL, &r->stack[r->n]));
        r->n++;
        return OCTET_OK;
    }
    const char *text = formula_of(word);
    run inner = {.operands = {r->stack[r->n - 1], OCTET_NONE}};
    if (strchr(text, 'y') != NULL) {
        inner.operands[0] = r->stack[--r->n - 1];
        inner.operands[1] = r->stack[r->n];
    }
    OCTET_TRY(evaluate(call, text, &inner));
    r->stack[r->n - 1] = inner.stack[inner.n - 1];
    return OCTET_OK;
}

static octet_status step(octet_keras_call *call, const char *word, run *r) {
    uint32_t *top = &r->stack[r->n];
    if (word[0] == '=' && islower((unsigned char)word[1])) {
        r->named[word[1] - 'a'] = top[-1];
        return OCTET_OK;
    }
    if (strcmp(word, "number") == 0) return octet_keras_as_float(call, top[-1], &top[-1]);
    if (word[1] == '\0' && islower((unsigned char)word[0])) {
        *top = word[0] >= 'x' ? r->operands[word[0] - 'x'] : r->named[word[0] - 'a'];
        r->n++;
        return OCTET_OK;
    }
    if (word[0] == '@') {
        const char *colon = strchr(word, ':'), *equals = strchr(word, '=');
        char name[32] = {0};
        double value = 0.0;
        memcpy(name, word + 1, (size_t)(colon - word - 1));
        OCTET_TRY(octet_keras_operand_f64(call, (int32_t)strtol(colon + 1, NULL, 10), name, strtod(equals + 1, NULL),
                                          &value));
        r->n++;
        return octet_keras_scalar(call, name, (float)value, top);
    }
    char *end = NULL;
    const float number = strtof(word, &end);
    if (end != word && *end == '\0') {
        r->n++;
        return octet_keras_scalar(call, "number", number, top);
    }
    return apply(call, word, r);
}

static octet_status evaluate(octet_keras_call *call, const char *text, run *r) {
    while (*text != '\0') {
        char word[32] = {0};
        const size_t n = strcspn(text, " ");
        memcpy(word, text, n);
        OCTET_TRY(step(call, word, r));
        text += n + (text[n] == ' ');
    }
    return OCTET_OK;
}

bool octet_keras_is_formula(const char *name) { return formula_of(name) != NULL; }

octet_status octet_keras_emit_formula(octet_keras_call *call, const char *name) {
    const char *text = formula_of(name);
    run r = {.operands = {OCTET_NONE, OCTET_NONE}};
    if (strchr(text, 'y') != NULL) {
        OCTET_TRY(octet_keras_operand_pair(call, &r.operands[0], &r.operands[1]));
    } else {
        OCTET_TRY(octet_keras_operand_x(call, &r.operands[0]));
    }
    OCTET_TRY(evaluate(call, text, &r));
    return octet_keras_return(call, r.stack[r.n - 1]);
}
