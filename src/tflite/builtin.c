#include "tflite/builtin.h"

#include <stddef.h>

static const char *const names[] = {
#define NAME(name, number) [number] = #name,
    OCTET_BUILTIN_LIST(NAME)
#undef NAME
};

static const octet_builtin builtins[OCTET_N_OPERATORS] = {
#define BUILTIN(name, options, family, operands) [OCTET_OP_##name] = OCTET_BUILTIN_##name,
    OCTET_OPERATOR_LIST(BUILTIN)
#undef BUILTIN
};

const char *octet_builtin_name(int builtin) {
    const int n = (int)(sizeof names / sizeof names[0]);
    return builtin >= 0 && builtin < n ? names[builtin] : "?";
}

octet_builtin octet_builtin_of(octet_operator_code code) { return builtins[code]; }

bool octet_builtin_find_operator(int builtin, octet_operator_code *out) {
    for (int i = 0; i < OCTET_N_OPERATORS && builtin != OCTET_BUILTIN_CUSTOM; i++) {
        if ((int)builtins[i] == builtin) {
            *out = (octet_operator_code)i;
            return true;
        }
    }
    return false;
}

const char *octet_builtin_custom_code(octet_operator_code code) {
    return code == OCTET_OP_DETECTION_POSTPROCESS ? OCTET_CUSTOM_DETECTION_POSTPROCESS : NULL;
}
