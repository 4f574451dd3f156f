/* What the report was made from, and how to make it again. */
#include <inttypes.h>

#include "report/sections.h"
#include "report/verdict_lines.h"

static void write_file(octet_document *document, const octet_origin_file *file) {
    char count[OCTET_TEXT_SIZE];
    if (file->is_known)
        octet_document_fact(document, file->what, "%s, %s bytes, hash %016" PRIx64, file->path,
                            octet_text_count(file->size_bytes, count), file->hash);
    else octet_document_fact(document, file->what, "%s", file->path);
}

void octet_section_origin(octet_document *document, const octet_origin *origin) {
    const octet_verdict_calibration *k = origin->calibration;
    char a[OCTET_TEXT_SIZE], b[OCTET_TEXT_SIZE], c[OCTET_TEXT_SIZE];
    char data[OCTET_EVALUATION_SENTENCE], text[OCTET_VERDICT_SENTENCE];
    octet_document_begin(document, OCTET_BLOCK_SECTION, OCTET_TONE_PLAIN, "How to make this again")->id = "origin";
    if (origin->command != NULL) octet_document_command(document, origin->command);
    octet_document_fact(document, "octet", "%s", origin->version);
    for (uint32_t i = 0; i < origin->n_files; i++) write_file(document, &origin->files[i]);
    octet_document_fact(document, "data", "%s, %s %ssamples", origin->data, octet_text_count(origin->n_samples, a),
                        octet_text_split(origin->split, b));
    octet_document_fact(document, "hash of the samples", "%016" PRIx64 " (of the first %s, as the model sees them)",
                        origin->data_hash, octet_text_count(origin->n_hashed, a));
    octet_document_fact(document, "values", "%s", octet_evaluation_data_text(origin->evaluation, data));
    if (k != NULL && k->given)
        octet_document_fact(document, "calibration", "%s samples, %s..%s; %s", octet_text_count(k->n_samples, a),
                            octet_text_real(k->min, b), octet_text_real(k->max, c),
                            octet_verdict_settled_text(k, text));
    if (k != NULL && k->given && k->method[0] != '\0') octet_document_fact(document, "ranges", "by %s", k->method);
    octet_document_say(document, OCTET_TONE_PLAIN,
                       "Hashes are octet's own, of 64 bits: equal content has equal hashes on every machine. They tell "
                       "mix-ups, not forgery.");
    octet_document_end(document);
}
