/* Size, memory and time. */
#include <inttypes.h>

#include "report/sections.h"
#include "report/text.h"

void octet_section_memory(octet_document *document, const octet_memory_picture *memory) {
    char count[OCTET_TEXT_SIZE];
    octet_document_begin(document, OCTET_BLOCK_SECTION, OCTET_TONE_PLAIN, "Size and memory")->id = "memory";
    octet_document_fact(document, "file, bytes", "%s", octet_text_count(memory->file_bytes, count));
    octet_document_fact(document, "constants, bytes", "%s", octet_text_count(memory->constant_bytes, count));
    if (memory->n_steps > 0) {
        octet_document_fact(document, "activations, bytes", "%s", octet_text_count(memory->arena_bytes, count));
        octet_document_chart(document,
                             &(octet_chart){.kind = OCTET_CHART_SPANS,
                                            .n = memory->n_steps,
                                            .high = (double)memory->arena_bytes,
                                            .spans = memory->spans,
                                            .n_spans = memory->n_spans},
                             "Where activations lie in octet's plan: from left to right the %u operators, from the "
                             "bottom up %s bytes. Memory is used again where a rectangle ends.%s",
                             memory->n_steps, octet_text_count(memory->arena_bytes, count),
                             memory->n_spans < memory->n_all ? " Small values are left out." : "");
    }
    octet_document_end(document);
}

static void write_profile(octet_document *document, const octet_profile *profile) {
    enum { MOST_ROWS = 60 };
    static const char *const headings[] = {"operator", "layer", "time", "share", "kernel"};
    char a[OCTET_TEXT_SIZE], b[OCTET_TEXT_SIZE];
    double total_ns = 0.0;
    for (uint32_t i = 0; i < profile->n_rows; i++) total_ns += profile->rows[i].time_ns;
    octet_document_say(document, OCTET_TONE_PLAIN, "%s: %s at best, %s in the median of %" PRIu64 " run%s, %u thread%s",
                       octet_section_name(document, profile->model), octet_text_time(profile->min_ns, a),
                       octet_text_time(profile->median_ns, b), profile->n_runs, profile->n_runs == 1 ? "" : "s",
                       profile->n_threads, profile->n_threads == 1 ? "" : "s");
    octet_block *table = octet_document_table(document, "Time of each operator", headings, 5);
    table->right = 12;
    table->has_row_heads = true;
    for (uint32_t i = 0; i < profile->n_rows && i < MOST_ROWS; i++) {
        const octet_profile_row *row = &profile->rows[i];
        octet_document_cell(document, table, "%s", row->name);
        octet_document_cell(document, table, "%s", octet_section_name(document, row->layer));
        octet_document_cell(document, table, "%s", octet_text_time(row->time_ns, a));
        octet_cell *share =
            octet_document_cell(document, table, "%.1f %%", total_ns > 0.0 ? 100.0 * row->time_ns / total_ns : 0.0);
        share->shade = total_ns > 0.0 ? (float)(row->time_ns / total_ns) : 0.0f;
        octet_document_cell(document, table, "%s", octet_profile_kernel(row, b));
    }
    if (profile->n_rows > MOST_ROWS)
        octet_document_say(document, OCTET_TONE_PLAIN, "The first %d of %u operators; octet bench lists all.",
                           (int)MOST_ROWS, profile->n_rows);
}

void octet_section_times(octet_document *document, const octet_profile *profiles, uint32_t n_profiles) {
    octet_document_begin(document, OCTET_BLOCK_SECTION, OCTET_TONE_PLAIN, "Time")->id = "time";
    octet_document_say(document, OCTET_TONE_PLAIN,
                       "Measured on this machine on made-up input, as octet bench does: the only figures here that "
                       "another run will not give again.");
    for (uint32_t i = 0; i < n_profiles; i++) write_profile(document, &profiles[i]);
    octet_document_end(document);
}
