/* octet/octet.h - post-training quantization of Keras models for TensorFlow Lite: the public interface.
 * In:  model files (.h5, .keras, .tflite) and data files (IDX, .npy, .npz, folders of pictures).
 * Out: quantized .tflite files, inference, and reports on what quantization cost.
 * Knows: nothing but the C library's integer types; valid C99 and C++.
 * Does not know: how any of it is done.
 *
 * The job of the command `octet quantize`, without its error handling:
 *
 *     octet_context *ctx;
 *     octet_context_create(&ctx);
 *     octet_model *model, *quantized;
 *     octet_data *data;
 *     octet_open_options open = OCTET_OPEN_OPTIONS_INIT;
 *     open.path = "mnist";
 *     octet_model_load(ctx, "model.h5", NULL, &model);
 *     octet_data_open(ctx, &open, &data);
 *     octet_model_quantize(ctx, model, data, NULL, &quantized, NULL);
 *     octet_model_write(ctx, quantized, "model.tflite");
 *
 * Rules that hold for every function here:
 *  - A function that can fail returns octet_status. On failure it leaves *out as it was and one sentence in the
 *    context (octet_context_message); the first error stays until octet_context_clear_error, and while one stands
 *    every call that can fail may return it at once.
 *  - Handles are created into *out and given back to the matching destroy, which accepts NULL. Destroy what was made
 *    from a handle before the handle, and the context last.
 *  - A model stays as it was loaded or made: no call changes it.
 *  - A struct that a caller fills or has filled carries its own size as its first member: initialize it with its
 *    OCTET_..._INIT macro, and a program that was compiled with an older octet.h goes on working with a newer library.
 *    Members that are 0, false or NULL mean the default.
 *  - Choices are given by the names that the command line uses; NULL means the default. A wrong name is
 *    USAGE and the message lists the right ones.
 *  - A context, and everything made with it, belongs to one thread at a time. Different contexts are independent.
 *  - The same input gives the same bytes: on any CPU, with any number of threads.
 *  - The library does not print, exit or abort, and changes no global state. */
#ifndef OCTET_OCTET_H
#define OCTET_OCTET_H

#include "octet/artifacts.h"
#include "octet/context.h"
#include "octet/data.h"
#include "octet/device.h"
#include "octet/evaluation.h"
#include "octet/explain.h"
#include "octet/layers.h"
#include "octet/model.h"
#include "octet/quantization.h"
#include "octet/report.h"
#include "octet/run.h"

#endif
