/* octet merge. */
#include <stddef.h>
#include <string.h>

#include "command.h"

struct settings {
    struct common common;
    const char *output;
    bool with_confusion, allow_missing;
};

static int complain_of_kind(const char *path) {
    return complain(exit_code_of(OCTET_FORMAT), "merge: %s: is no calibration and no evaluation that octet saved",
                    path);
}

/* One of the two, by the kind of the first file. */
struct whole {
    octet_statistics *statistics;
    octet_evaluation *evaluation;
};

static void free_whole(octet_context *ctx, struct whole *w) {
    octet_statistics_destroy(ctx, w->statistics);
    octet_evaluation_destroy(ctx, w->evaluation);
    *w = (struct whole){0};
}

/* An exit code. */
static int load(octet_context *ctx, const char *path, struct whole *out) {
    octet_saved_kind kind = OCTET_SAVED_NEITHER;
    octet_status status = octet_saved_kind_of(ctx, path, &kind);
    if (status == OCTET_OK && kind == OCTET_SAVED_NEITHER) return complain_of_kind(path);
    if (status == OCTET_OK && kind == OCTET_SAVED_EVALUATION)
        status = octet_evaluation_load(ctx, path, &out->evaluation);
    else if (status == OCTET_OK) status = octet_statistics_load(ctx, path, &out->statistics);
    return status == OCTET_OK ? EXIT_YES : fail_of(ctx, NULL);
}

/* An exit code: what went wrong while `path` was added is said with its name. */
static int add(octet_context *ctx, const char *first, const char *path, struct whole *into) {
    struct whole part = {0};
    int code = load(ctx, path, &part);
    if (code != EXIT_YES) return code;
    const bool fits = (part.evaluation != NULL) == (into->evaluation != NULL);
    if (!fits)
        code = complain(EXIT_USAGE, "merge: %s is %s, %s %s: merge one kind at a time", first,
                        into->evaluation != NULL ? "an evaluation" : "a calibration", path,
                        part.evaluation != NULL ? "an evaluation" : "a calibration");
    else if (part.evaluation != NULL) {
        if (octet_evaluation_merge(ctx, &into->evaluation, part.evaluation) != OCTET_OK) code = fail_of(ctx, path);
    } else if (octet_statistics_merge(ctx, into->statistics, part.statistics) != OCTET_OK) code = fail_of(ctx, path);
    free_whole(ctx, &part);
    return code;
}

static int add_all(octet_context *ctx, const struct settings *s, struct whole *all) {
    const struct common *c = &s->common;
    octet_progress *progress = progress_bar(c);
    int code = load(ctx, c->files[0], all);
    for (int i = 1; i < c->n_files && code == EXIT_YES; i++) {
        code = add(ctx, c->files[0], c->files[i], all);
        if (progress != NULL)
            progress(NULL, "merging", code == EXIT_YES ? (uint64_t)i + 1 : (uint64_t)c->n_files, (uint64_t)c->n_files);
    }
    return code;
}

/* A report without some of the samples is no report, unless that is asked for; a file is to be merged on. */
static int check_whole(octet_context *ctx, const struct settings *s, const struct whole *all) {
    char *missing = NULL;
    if (all->statistics != NULL && s->output == NULL)
        return complain(EXIT_USAGE, "merge: the file to write is missing (-o OUT.oct)");
    if (all->evaluation == NULL || s->output != NULL || s->allow_missing) return EXIT_YES;
    if (octet_evaluation_missing(ctx, all->evaluation, &missing) != OCTET_OK) return fail_of(ctx, NULL);
    if (missing == NULL) return EXIT_YES;
    const int code = complain(exit_code_of(OCTET_DATA),
                              "merge: the parts %s are missing: name them too, save what is there to merge it on (-o "
                              "OUT.oct), or report without them (--allow-missing)",
                              missing);
    octet_text_free(ctx, missing);
    return code;
}

static octet_status write(octet_context *ctx, const struct settings *s, const struct whole *all, char **text) {
    const octet_rendering as = s->common.json ? OCTET_AS_JSON : OCTET_AS_TEXT;
    octet_status status;
    if (all->statistics != NULL)
        status = octet_statistics_render(ctx, all->statistics, shown_output(s->output), as, text);
    else status = octet_evaluation_render(ctx, all->evaluation, s->with_confusion, as, text);
    if (status != OCTET_OK || s->output == NULL) return status;
    if (all->statistics != NULL) return octet_statistics_save(ctx, all->statistics, s->output);
    return octet_evaluation_save(ctx, all->evaluation, s->output);
}

/* The context and all handles end here. */
static int merge(const struct settings *s) {
    octet_context *ctx = NULL;
    struct whole all = {0};
    char *text = NULL;
    if (create_context(&s->common, &ctx) != OCTET_OK) return fail(ctx);
    int code = add_all(ctx, s, &all);
    if (code == EXIT_YES) code = check_whole(ctx, s, &all);
    if (code == EXIT_YES && write(ctx, s, &all, &text) != OCTET_OK) code = fail_of(ctx, NULL);
    free_whole(ctx, &all);
    if (code == EXIT_YES) print_text(ctx, text, s->common.json);
    else octet_text_free(ctx, text);
    return finish(ctx, code);
}

static int run_merge(const struct command *self, int argc, char **argv) {
    struct settings s = {.common = COMMON_INIT};
    int code;
    if (!parse(self, argc, argv, &s, &code)) return code;
    if ((code = take_output(self, &s.common, "-o", &s.output, false)) != EXIT_YES) return code;
    for (int i = 0; i < s.common.n_files; i++) {
        const struct input_name inputs[] = {{"a part", s.common.files[i]}, {0}};
        if (!keeps_inputs(self, s.output, inputs)) return EXIT_USAGE;
        for (int k = 0; k < i; k++)
            if (strcmp(s.common.files[i], s.common.files[k]) == 0)
                return complain(EXIT_USAGE, "merge: %s is named twice: merge each part once", s.common.files[i]);
    }
    if (!may_replace(self, s.output, OUTPUT_SAVED, s.common.force)) return EXIT_USAGE;
    return merge(&s);
}

#define IN(member) offsetof(struct settings, member)

static const struct option options[] = {
    {"--output", 'o', "FILE", OPTION_TEXT, IN(output), 0,
     "the file to write; of evaluations it may be left away: then only the report is printed"},
    {"--confusion", 0, NULL, OPTION_FLAG, IN(with_confusion), 0,
     "of evaluations: also print the confusion matrix and the recall of every class"},
    {"--allow-missing", 0, NULL, OPTION_FLAG, IN(allow_missing), 0,
     "of evaluations: report what is there, even if parts are missing"},
    {0}};

static const struct option memory_option[] = {{"--max-memory", 0, "SIZE", OPTION_SIZE,
                                               offsetof(struct common, max_memory_bytes), 0,
                                               "the most memory to take, such as 512M (default 16G)"},
                                              {0}};

const struct command command_merge = {
    .name = "merge",
    .purpose = "put parts of a calibration, or of an evaluation, together",
    .usage = "PART.oct... [-o ALL.oct] [options]",
    .takes_many = true,
    .paragraphs =
        (const char *const[]){
            "Takes files of `octet calibrate --shard`, or of `octet evaluate --shard -o`, in any order, and files that "
            "were merged of some of them. The result is that of one process with all samples: the calibration to the "
            "last byte of its file, the report of an evaluation to the last digit, but for times.",
            "Parts belong together if they were made with the same model, the same data and choice of samples, the "
            "same scaling and the same number of parts. A part that is there twice is refused. Parts that are missing "
            "are told where the whole is used: by `octet quantize`, and here by the report of an evaluation.",
            NULL},
    .groups =
        (const struct option_group[]){
            {"options", options, 0}, {NULL, memory_option, 0}, {NULL, force_option, 0}, {NULL, answer_options, 0}, {0}},
    .examples =
        (const struct example[]){
            {"The report of an evaluation in two parts.",
             "octet evaluate examples/mnist/mnist_fc_k2.h5 --data examples/mnist --shard 1/2 -o part1.oct", true},
            {NULL, "octet evaluate examples/mnist/mnist_fc_k2.h5 --data examples/mnist --shard 2/2 -o part2.oct", true},
            {NULL, "octet merge part2.oct part1.oct", true},
            {"A calibration of many parts.", "octet merge parts/*.oct -o all.oct", false},
            {0}},
    .see_also = (const char *const[]){"calibrate", "evaluate", "quantize", NULL},
    .documents = (const char *const[]){"scale-out", NULL},
    .run = run_merge,
};
