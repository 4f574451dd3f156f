#include "import/keras/emit/formula.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/number.h"
#include "import/keras/emit/argument.h"

enum { DEPTH = 16, NAMES = 'x' - 'a', WORD_SIZE = 48 };

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
    {"relu6", OCTET_OP_RELU6, 1},
    {"relu_n1_to_1", OCTET_OP_RELU_N1_TO_1, 1},
    {"hard_swish", OCTET_OP_HARD_SWISH, 1},
    {"elu", OCTET_OP_ELU, 1},
    {"sigmoid", OCTET_OP_LOGISTIC, 1},
    {"select", OCTET_OP_SELECT_V2, 3},
};

/* One run of a formula: what was named, the stack. */
typedef struct run {
    const octet_keras_formula *formula;
    uint32_t named[NAMES], stack[DEPTH];
    int32_t n;
} run;

/* The formula `word` of what is on top of the stack. */
static octet_status apply_formula(octet_keras_call *call, const char *word, run *r) {
    octet_keras_formula inner = {.text = r->formula->find(word), .y = OCTET_NONE, .find = r->formula->find};
    if (octet_keras_formula_is_binary(inner.text)) inner.y = r->stack[--r->n];
    inner.x = r->stack[r->n - 1];
    return octet_keras_formula_emit(call, &inner, &r->stack[r->n - 1]);
}

/* node: its name; NULL: TFLite's. */
static octet_status apply(octet_keras_call *call, const char *word, const char *node, run *r) {
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        if (strcmp(operators[i].word, word) != 0) continue;
        const octet_operator_code code = operators[i].code;
        r->n -= operators[i].n;
        uint32_t *top = &r->stack[r->n++];
        if (code == OCTET_OP_SELECT_V2) return octet_keras_select(call, "SelectV2", top, top);
        return octet_keras_emit(call, code, node != NULL ? node : octet_operator_name(code), top,
                                (uint32_t)operators[i].n, NULL, top);
    }
    return apply_formula(call, word, r);
}

/* "@word:position=number". */
static octet_status push_argument(octet_keras_call *call, const char *word, uint32_t *out) {
    const char *colon = strchr(word, ':'), *equals = strchr(word, '=');
    char name[WORD_SIZE] = {0};
    double value = 0.0;
    memcpy(name, word + 1, (size_t)(colon - word - 1));
    OCTET_TRY(octet_keras_operand_f64(call, (int32_t)strtol(colon + 1, NULL, 10), name,
                                      octet_number_read_f64(equals + 1, NULL), &value));
    return octet_keras_scalar(call, name, (float)value, out);
}

static octet_status step(octet_keras_call *call, char *word, run *r) {
    char *end = NULL, *node = strchr(word, '\'');
    if (node != NULL) *node++ = '\0';
    uint32_t *top = &r->stack[r->n];
    if (word[0] == '=' && octet_ascii_is_lower(word[1])) {
        r->named[word[1] - 'a'] = top[-1];
        return OCTET_OK;
    }
    if (strcmp(word, "number") == 0) return octet_keras_cast(call, top[-1], OCTET_FLOAT32, &top[-1]);
    if (word[1] == '\0' && octet_ascii_is_lower(word[0])) {
        *top = word[0] == 'x' ? r->formula->x : word[0] == 'y' ? r->formula->y : r->named[word[0] - 'a'];
        r->n++;
        return OCTET_OK;
    }
    if (word[0] == '@') {
        r->n++;
        return word[1] == '\0' ? octet_keras_scalar(call, r->formula->parameter, r->formula->value, top)
                               : push_argument(call, word, top);
    }
    const float number = octet_number_read_f32(word, &end);
    if (end != word && *end == '\0') {
        r->n++;
        return octet_keras_scalar(call, node != NULL ? node : "number", number, top);
    }
    return apply(call, word, node, r);
}

bool octet_keras_formula_is_binary(const char *text) { return strchr(text, 'y') != NULL; }

octet_status octet_keras_formula_emit(octet_keras_call *call, const octet_keras_formula *formula, uint32_t *out) {
    run r = {.formula = formula};
    for (const char *text = formula->text; *text != '\0';) {
        char word[WORD_SIZE] = {0};
        const size_t n = strcspn(text, " ");
        memcpy(word, text, n);
        OCTET_TRY(step(call, word, &r));
        text += n + (text[n] == ' ');
    }
    *out = r.stack[r.n - 1];
    return OCTET_OK;
}
