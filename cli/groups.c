/* The options that several commands share. */
#include <stddef.h>

#include "command.h"

#define OPEN(member) offsetof(octet_open_options, member)
#define RUN(member) offsetof(octet_run_options, member)
#define CONVERSION(member) offsetof(octet_conversion, member)

const struct option source_options[] = {
    {"--data", 'd', "DATA", OPTION_TEXT, OPEN(path), 0,
     "the samples: a folder of IDX files (plain or .gz), an .npz, an .npy, a CSV or a folder of pictures; for several "
     "inputs `NAME=FILE,NAME=FILE`; `-` for an .npy, .npz, CSV or IDX file from standard input"},
    {"--images", 0, "FILE", OPTION_TEXT, OPEN(images), 0,
     "the samples as one .npy, CSV or IDX file, instead of `--data`"},
    {"--labels", 0, "FILE", OPTION_TEXT, OPEN(labels), 0,
     "the labels as .npy, CSV or IDX: class numbers, one-hot rows, or the numbers that the model should give"},
    {0}};

const struct option label_option[] = {
    {"--label-column", 0, "NAME", OPTION_TEXT, OPEN(label_column), 0,
     "the column of a CSV that holds the labels, by its name or by its number from 0 (-1: the last); several with "
     "commas "
     "between them for one-hot labels or several outputs; all other columns are the input"},
    {0}};

const struct option scaling_options[] = {
    {"--scale", 0, "X", OPTION_NUMBER, OPEN(scale), OPEN(has_scale),
     "give the model x * scale + offset; without any of these options floats stay as they are, and bytes are divided "
     "by "
     "255 unless the model scales them itself"},
    {"--offset", 0, "X", OPTION_NUMBER, OPEN(offset), OPEN(has_offset), "see `--scale`"},
    {"--mean", 0, "X|R,G,B", OPTION_CHANNELS, OPEN(means), 0,
     "give the model (x - mean) / std, x as it is stored; one number, or three for the three channels"},
    {"--std", 0, "X|R,G,B", OPTION_CHANNELS, OPEN(stds), 0, "see `--mean`"},
    {"--preprocess", 0, "PRESET", OPTION_TEXT, OPEN(preset), 0, "scale by a named preset: {preset}"},
    {"--columns", 0, "FILE", OPTION_TEXT, OPEN(columns), 0,
     "scale each column by a CSV, JSON or .npz with a mean and a std, or a min and a max, for every column; of a CSV "
     "as "
     "data the columns that it names are the input, in its order"},
    {0}};

const struct option split_option[] = {
    {"--split", 0, "NAME", OPTION_TEXT, RUN(split), 0, "which part of the data to run: {split}"}, {0}};

const struct option sampling_options[] = {
    {"--limit", 0, "N", OPTION_COUNT, RUN(limit), 0, "run only the first N samples"},
    {"--input-rounding", 0, "HOW", OPTION_TEXT, RUN(input_rounding), 0,
     "how real numbers become the integers of a quantized input: {input rounding}; truncate does what numpy's astype "
     "does"},
    {0}};

const struct option kernel_options[] = {
    {"--numerics", 0, "NAME", OPTION_TEXT, RUN(numerics), 0,
     "the arithmetic of int8 models: {numerics}; litert computes as LiteRT's reference kernels do, integer as "
     "tflite-micro and CMSIS-NN do, single rounds the sums of layers with weights once, not twice"},
    {"--float-order", 0, "NAME", OPTION_TEXT, RUN(float_order), 0,
     "the order in which floats are added: {float order}; tensorflow is the order of TensorFlow's calibration, "
     "plain that of LiteRT's reference kernels"},
    {"--reference-kernels", 0, NULL, OPTION_FLAG, RUN(reference_kernels), 0,
     "run plain loops instead of vector instructions: the same bytes, slower"},
    {0}};

const struct option threads_option[] = {{"--threads", 0, "N", OPTION_THREADS, RUN(n_threads), 0,
                                         "use N threads (default: one per processor); the results do not depend on it"},
                                        {0}};

const struct option shard_option[] = {
    {"--shard", 0, "K/N", OPTION_PART, RUN(part), 0,
     "run part K of N of the samples, in blocks that follow each other; save it with `-o` for `octet merge`"},
    {0}};

const struct option conversion_shard_option[] = {
    {"--shard", 0, "K/N", OPTION_PART, CONVERSION(part), 0,
     "take part K of N of the chosen samples, in blocks that follow each other; `octet merge` puts the parts together"},
    {0}};

const struct option choice_options[] = {
    {"--samples", 0, "N|all", OPTION_SAMPLES, CONVERSION(n_samples), CONVERSION(all_samples),
     "calibrate on N samples drawn from the training split (default 100), or on all of it"},
    {"--seed", 0, "S", OPTION_COUNT, CONVERSION(seed), 0,
     "which samples are drawn: the same seed draws the same ones (default 0)"},
    {"--indices", 0, "FILE", OPTION_TEXT, CONVERSION(indices), 0,
     "calibrate on the training samples with these indices: a JSON array, or one index per line"},
    {0}};

const struct option model_options[] = {
    {"--architecture", 0, "FILE", OPTION_TEXT, offsetof(struct common, load.architecture), 0,
     "the JSON of model.to_json(), for an .h5 file that holds only weights"},
    {"--input-shape", 0, "SHAPE", OPTION_TEXT, offsetof(struct common, load.input_shape), 0,
     "the input shape, such as 224,224,3, where the file leaves more than the batch open; for several inputs "
     "`96,96,3;10`"},
    {"--signature", 0, "NAME", OPTION_TEXT, offsetof(struct common, load.signature), 0,
     "which graph of a .tflite with several signatures (default: serving_default, or the only one); 'octet summary' "
     "lists them"},
    {"--max-memory", 0, "SIZE", OPTION_SIZE, offsetof(struct common, max_memory_bytes), 0,
     "the most memory to take, such as 512M (K, M and G are powers of 1024; default 16G); what needs more ends with "
     "exit "
     "code 9"},
    {0}};

const struct option answer_options[] = {{"--json", 0, NULL, OPTION_FLAG, offsetof(struct common, json), 0,
                                         "print one JSON object (docs/json.md), also where the command fails"},
                                        {"--quiet", 'q', NULL, OPTION_FLAG, offsetof(struct common, quiet), 0,
                                         "print nothing but errors, and what `--json` or `--csv` asks for"},
                                        {0}};

const struct option force_option[] = {
    {"--force", 'f', NULL, OPTION_FLAG, offsetof(struct common, force), 0,
     "replace a file that octet does not write, and write into a folder that holds other files"},
    {0}};
