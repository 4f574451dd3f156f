#include "tflite/types.h"

static const char *const names[] = {
#define NAME(name, number) [number] = #name,
    OCTET_TENSOR_TYPE_LIST(NAME)
#undef NAME
};

static const octet_tensor_type numbers[OCTET_N_TYPES] = {
#define NUMBER(name, ...) [OCTET_##name] = OCTET_TENSOR_TYPE_##name,
    OCTET_TYPE_LIST(NUMBER)
#undef NUMBER
};

const char *octet_tensor_type_name(int number) {
    const int n = (int)(sizeof names / sizeof names[0]);
    return number >= 0 && number < n ? names[number] : "?";
}

octet_tensor_type octet_tensor_type_of(octet_type type) { return numbers[type]; }

bool octet_tensor_type_find(int number, octet_type *out) {
    for (int i = 0; i < OCTET_N_TYPES; i++) {
        if ((int)numbers[i] == number) {
            *out = (octet_type)i;
            return true;
        }
    }
    return false;
}
