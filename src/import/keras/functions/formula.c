#include "import/keras/functions/formula.h"

#include <stddef.h>

#include "import/keras/emit/formula.h"
#include "import/keras/functions/arguments.h"
#include "import/keras/names.h"

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
};

static const char *formula_of(const char *name) {
    for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++) {
        if (octet_keras_word_in(formulas[i].names, name)) return formulas[i].text;
    }
    return NULL;
}

bool octet_keras_is_formula(const char *name) { return formula_of(name) != NULL; }

octet_status octet_keras_call_formula(octet_keras_call *call, const char *name) {
    octet_keras_formula formula = {.text = formula_of(name), .y = OCTET_NONE, .find = formula_of};
    uint32_t out;
    if (octet_keras_formula_is_binary(formula.text)) {
        OCTET_TRY(octet_keras_operand_pair(call, &formula.x, &formula.y));
    } else {
        OCTET_TRY(octet_keras_operand_x(call, &formula.x));
    }
    OCTET_TRY(octet_keras_formula_emit(call, &formula, &out));
    return octet_keras_return(call, out);
}
