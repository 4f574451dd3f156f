/* The inputs and outputs of a model as values, for tests that look at one member. */
#ifndef OCTET_TESTS_PORTS_H
#define OCTET_TESTS_PORTS_H

#include "octet/octet.h"

static inline octet_tensor input_of(const octet_model *model, uint32_t index) {
    octet_tensor tensor = OCTET_TENSOR_INIT;
    octet_model_input(model, index, &tensor);
    return tensor;
}

static inline octet_tensor output_of(const octet_model *model, uint32_t index) {
    octet_tensor tensor = OCTET_TENSOR_INIT;
    octet_model_output(model, index, &tensor);
    return tensor;
}

#endif
