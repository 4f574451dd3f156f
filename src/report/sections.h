/* report/sections.h - what a report says of a model, section by section.
 * In:  a verdict or an evaluation, compared layers, and what was gathered beside them.
 * Out: blocks of a document; what is left out for its length is said.
 * Knows: what a reader looks for first: what it cost, where, what helps.
 * Does not know: HTML, how anything was measured.
 *
 * Pointers that a struct names must outlive the document. */
#ifndef OCTET_REPORT_SECTIONS_H
#define OCTET_REPORT_SECTIONS_H

#include "layers/table.h"
#include "report/document.h"
#include "report/profile.h"
#include "report/verdict.h"

/* How much of a large model is shown; a page stays below 1 MB. */
typedef struct octet_report_limits {
    uint32_t n_layers;     /* listed */
    uint32_t n_figures;    /* of these with figures, */
    uint32_t n_histograms; /* of these with histograms */
    uint32_t n_samples;    /* pictures and curves */
    size_t sample_bytes;   /* all of them together, as they stand in the page */
    uint32_t n_spans;      /* of the memory plan */
} octet_report_limits;

/* The verdict, then the worst layer and what helps against it, then warnings. layers: or NULL. */
void octet_section_verdict(octet_document *document, const octet_verdict *verdict, const octet_layers *layers);
void octet_section_figures(octet_document *document, const octet_verdict *verdict, bool with_time);
/* What recovery tried; nothing where none was asked for. */
void octet_section_recovery(octet_document *document, const octet_verdict *verdict, bool with_time);
/* The first screen of a model alone. */
void octet_section_evaluation(octet_document *document, const octet_evaluation *evaluation);
void octet_section_layers(octet_document *document, const octet_layers *layers, const octet_report_limits *limits);
/* after: or NULL. Nothing where samples have no class. */
void octet_section_confusion(octet_document *document, const octet_evaluation *before, const octet_evaluation *after);

/* A sample that is shown. */
typedef struct octet_shown_sample {
    uint64_t sample;
    int32_t before, after, label; /* label: -1 where it is not known */
    octet_bytes png;              /* a picture; or no bytes, */
    const double *curve;          /* and n_series times n_points numbers; or NULL: nothing that can be drawn */
    uint32_t n_points, n_series;
} octet_shown_sample;

typedef struct octet_gallery {
    octet_shown_sample *samples;
    uint32_t n_samples, n_drawn;    /* drawn: those within the limits */
    uint64_t n_all;                 /* that could have been chosen */
    bool is_flips;                  /* answers of two models; else those of one that are wrong */
    const char *const *class_names; /* or NULL */
    int32_t n_classes;
} octet_gallery;
void octet_section_gallery(octet_document *document, const octet_gallery *gallery);

/* Where activations lie while the model runs. */
typedef struct octet_memory_picture {
    size_t file_bytes, constant_bytes, arena_bytes;
    const octet_span *spans; /* columns: operators; rows: bytes; labels: names of values */
    uint32_t n_spans, n_all; /* all: also those that are too small to be shown */
    uint32_t n_steps;        /* 0: octet cannot run it */
} octet_memory_picture;
void octet_section_memory(octet_document *document, const octet_memory_picture *memory);

/* profiles: of the original and the quantized model, or of one. */
void octet_section_times(octet_document *document, const octet_profile *profiles, uint32_t n_profiles);

/* A file by its content. */
typedef struct octet_origin_file {
    const char *what, *path;
    uint64_t size_bytes, hash;
    bool is_known; /* size and hash */
} octet_origin_file;

typedef struct octet_origin {
    const char *version, *command; /* command: or NULL */
    octet_origin_file files[2];
    uint32_t n_files;
    const char *data, *split; /* data: the name of what was read */
    uint64_t n_samples, n_hashed, data_hash;
    const octet_evaluation *evaluation;
    const octet_verdict_calibration *calibration; /* or NULL */
} octet_origin;
void octet_section_origin(octet_document *document, const octet_origin *origin);

/* The name of a class, or its number. */
const char *octet_section_class(octet_document *document, const char *const *names, int32_t n, int32_t number);
/* A name of a file in the page: its first part, at most 60 characters, the end of a longer one. */
const char *octet_section_name(octet_document *document, const char *name);

#endif
