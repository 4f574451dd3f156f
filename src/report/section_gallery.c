/* Samples as pictures or curves, each with its answers. */
#include <inttypes.h>
#include <math.h>

#include "report/sections.h"
#include "report/text.h"

static void draw(octet_document *document, const octet_shown_sample *sample) {
    if (sample->png.size > 0) {
        octet_document_picture(document, sample->png, "Sample %" PRIu64, sample->sample);
    } else if (sample->curve != NULL) {
        double low = (double)INFINITY, high = -(double)INFINITY;
        for (size_t i = 0; i < (size_t)sample->n_points * sample->n_series; i++) {
            low = fmin(low, sample->curve[i]);
            high = fmax(high, sample->curve[i]);
        }
        octet_document_chart(document,
                             &(octet_chart){.kind = OCTET_CHART_CURVES,
                                            .values = sample->curve,
                                            .n = sample->n_points,
                                            .n_series = sample->n_series,
                                            .low = low,
                                            .high = high},
                             "Sample %" PRIu64 ", from %.4g to %.4g", sample->sample, low, high);
    }
}

static void write_sample(octet_document *document, const octet_gallery *gallery, const octet_shown_sample *sample) {
    const char *const *names = gallery->class_names;
    const char *before = octet_section_class(document, names, gallery->n_classes, sample->before),
               *after = octet_section_class(document, names, gallery->n_classes, sample->after),
               *label = octet_section_class(document, names, gallery->n_classes, sample->label);
    octet_document_begin(document, OCTET_BLOCK_CARD, OCTET_TONE_PLAIN, "Sample %" PRIu64, sample->sample);
    draw(document, sample);
    if (gallery->is_flips) octet_document_say(document, OCTET_TONE_PLAIN, "%s \xe2\x86\x92 %s", before, after);
    else octet_document_say(document, OCTET_TONE_PLAIN, "answer %s", before);
    if (sample->label >= 0)
        octet_document_say(document,
                           !gallery->is_flips                ? OCTET_TONE_PLAIN
                           : sample->after == sample->label  ? OCTET_TONE_GOOD
                           : sample->before == sample->label ? OCTET_TONE_POOR
                                                             : OCTET_TONE_PLAIN,
                           "label %s", label);
    octet_document_end(document);
}

void octet_section_gallery(octet_document *document, const octet_gallery *gallery) {
    char count[OCTET_TEXT_SIZE];
    octet_document_begin(document, OCTET_BLOCK_SECTION, OCTET_TONE_PLAIN,
                         gallery->is_flips ? "Flipped answers" : "Wrong answers")
        ->id = "samples";
    octet_document_say(
        document, OCTET_TONE_PLAIN,
        gallery->n_all == 0 ? "There are none."
        : gallery->is_flips
            ? "Samples to which the two models give different answers (original \xe2\x86\x92 quantized): %s."
            : "Samples whose answer is not their label: %s.",
        octet_text_count(gallery->n_all, count));
    if (gallery->n_samples < gallery->n_all)
        octet_document_say(document, OCTET_TONE_PLAIN, "%u are shown here%s.", gallery->n_samples,
                           gallery->is_flips ? ", those that were right before first"
                                             : ", those with the greatest loss");
    if (gallery->n_samples > 0) {
        octet_document_begin(document, OCTET_BLOCK_ROW, OCTET_TONE_PLAIN, "small");
        for (uint32_t i = 0; i < gallery->n_samples; i++) write_sample(document, gallery, &gallery->samples[i]);
        octet_document_end(document);
    }
    octet_document_end(document);
}
