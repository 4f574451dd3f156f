/* report/html: pages are well-formed whatever stands in them, and nothing in a text becomes markup. */
#include "report/html/html.h"
#include "report/html/writer.h"

#include <string.h>

#include "support/well_formed.h"

static octet_context ctx;

static int setup(void **state) {
    (void)state;
    octet_context_init(&ctx);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    assert_int_equal(ctx.memory_bytes, 0);
    return 0;
}

static void good(octet_status status) {
    if (status != OCTET_OK) fail_msg("%s: %s", octet_status_name(status), ctx.message);
}

/* A block of every kind, each with `text` wherever a text may stand. */
static void fill(octet_document *document, const char *text) {
    static const double values[] = {0.0, 3.0, 1.0, 7.0}, odd[] = {1.0, 1e9, 0.0, 5.0};
    static const octet_tone tones[] = {OCTET_TONE_PLAIN, OCTET_TONE_GOOD, OCTET_TONE_FAIR, OCTET_TONE_POOR};
    static const char *labels[4];
    static octet_span spans[] = {{0, 1, 0.0, 5.0, ""}, {1, 3, 5.0, 8.0, ""}};
    const char *const headings[] = {text, text, text};
    for (int i = 0; i < 4; i++) labels[i] = spans[i % 2].label = octet_document_text(document, "%s", text);
    document->title = octet_document_text(document, "%s", text);
    octet_document_begin(document, OCTET_BLOCK_CARD, OCTET_TONE_POOR, "%s", text);
    octet_document_say(document, OCTET_TONE_GOOD, "%s", text);
    octet_document_fact(document, text, "%s", text);
    octet_document_fact(document, text, "%s%s%s%s", text, text, text, text);
    octet_document_end(document);
    octet_document_begin(document, OCTET_BLOCK_SECTION, OCTET_TONE_PLAIN, "%s", text)->id = "one";
    octet_block *table = octet_document_table(document, text, headings, 3);
    table->has_row_heads = true;
    table->right = 4;
    for (int i = 0; i < 6; i++) octet_document_cell(document, table, "%s", text)->shade = (float)(i - 3) / 3.0f;
    octet_document_table(document, "", headings, 3);
    octet_document_begin(document, OCTET_BLOCK_LIST, OCTET_TONE_PLAIN, "%s", "");
    octet_block *entry = octet_document_begin(document, OCTET_BLOCK_ENTRY, OCTET_TONE_FAIR, "%s", text);
    entry->note = entry->value = octet_document_text(document, "%s", text);
    entry->share = 0.5;
    octet_document_chart(document,
                         &(octet_chart){.kind = OCTET_CHART_HISTOGRAM,
                                        .values = odd,
                                        .n = 4,
                                        .low = -1.0,
                                        .high = 1.0,
                                        .mark_low = -0.4,
                                        .mark_high = 0.6},
                         "%s", text);
    octet_document_end(document);
    octet_document_end(document);
    octet_document_chart(
        document,
        &(octet_chart){
            .kind = OCTET_CHART_STRIP, .values = values, .n = 4, .high = 5.0, .tones = tones, .labels = labels},
        "%s", text);
    octet_document_chart(
        document, &(octet_chart){.kind = OCTET_CHART_CURVES, .values = values, .n = 2, .n_series = 2, .high = 7.0},
        "%s", text);
    octet_document_chart(document,
                         &(octet_chart){.kind = OCTET_CHART_SPANS, .n = 4, .high = 8.0, .spans = spans, .n_spans = 2},
                         "%s", text);
    octet_document_begin(document, OCTET_BLOCK_ROW, OCTET_TONE_PLAIN, "small");
    octet_document_picture(document, (octet_bytes){(const uint8_t *)"PNG!", 4}, "%s", text);
    octet_document_end(document);
    octet_document_command(document, text);
    octet_document_end(document);
}

static char *render(const char *text, octet_buffer *page) {
    octet_document document;
    octet_document_make(&ctx, &document);
    fill(&document, text);
    good(octet_document_finish(&document));
    good(octet_html_write(&ctx, &document, page));
    octet_document_free(&ctx, &document);
    return (char *)page->data;
}

static size_t count(const char *page, const char *what) {
    size_t n = 0;
    for (const char *at = page; (at = strstr(at, what)) != NULL; at++) n++;
    return n;
}

static void all_kinds_of_blocks_are_well_formed(void **state) {
    (void)state;
    octet_buffer page = {0};
    const char *text = render("plain", &page);
    assert_well_formed(text);
    assert_non_null(strstr(text, "data:image/png;base64,UE5HIQ==\""));
    assert_non_null(strstr(text, "<a href=\"#one\">plain</a>"));
    assert_int_equal(count(text, "<script"), 1);
    assert_int_equal(count(text, "http"), 1); /* "http-equiv": nothing that leads elsewhere */
    octet_buffer_free(&ctx, &page);
}

/* Whatever the text, the page has the elements and attributes of one with a plain text. */
static void no_text_becomes_markup(void **state) {
    static const char *const texts[] = {"</script><script>alert(1)</script>",
                                        "\" onload=\"alert(1)\" class=\"x\"",
                                        "' onclick='alert(1) and more of it",
                                        "<img src=x onerror=alert(1)>",
                                        "--></style></title><svg onload=alert(1)>",
                                        "]]> &lt;b&gt; &#60;b> &",
                                        "\xff\xc0\x80\xed\xa0\x80 \x01\x1b[31m\r\n\t",
                                        ("\xe2\x80\xae"
                                         "evil \xe2\x81\xa6 \xc2\x85 \xef\xbf\xbf"),
                                        "javascript:alert(1) and more of it"};
    octet_buffer plain = {0};
    const char *expected = render("a name that is as long as those below", &plain);
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        octet_buffer page = {0};
        const char *text = render(texts[i], &page);
        assert_well_formed(text);
        assert_int_equal(count(text, "<"), count(expected, "<"));
        assert_int_equal(count(text, "=\"") - count(text, "\"long\""),
                         count(expected, "=\"") - count(expected, "\"long\""));
        assert_null(strstr(text, "\xe2\x80\xae"));
        assert_null(strstr(text, "\xe2\x81\xa6"));
        octet_buffer_free(&ctx, &page);
    }
    octet_buffer_free(&ctx, &plain);
}

static void options_stay_in_one_piece(void **state) {
    static const char *const cases[][2] = {
        {"try --recover fast (--mode int16x8).", "try <code>--recover</code> fast (<code>--mode</code> int16x8)."},
        {"a--b -- --- --x<y", "a--b -- --- --x&lt;y"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        octet_buffer out = {0};
        octet_html html = {.ctx = &ctx, .out = &out};
        octet_html_prose(&html, cases[i][0]);
        assert_string_equal((const char *)out.data, cases[i][1]);
        octet_buffer_free(&ctx, &out);
    }
}

/* However little memory there is, the first failure comes back, and nothing is lost. */
static void a_lack_of_memory_is_told(void **state) {
    (void)state;
    for (size_t limit = 256; limit < 60000; limit = limit * 5 / 4) {
        octet_document document;
        octet_buffer page = {0};
        ctx.max_memory_bytes = limit;
        octet_document_make(&ctx, &document);
        fill(&document, "name");
        octet_status status = octet_document_finish(&document);
        if (status == OCTET_OK) status = octet_html_write(&ctx, &document, &page);
        assert_true(status == OCTET_OK || status == OCTET_LIMIT);
        octet_document_free(&ctx, &document);
        octet_buffer_free(&ctx, &page);
        octet_context_clear(&ctx);
        assert_int_equal(ctx.memory_bytes, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_kinds_of_blocks_are_well_formed), cmocka_unit_test(no_text_becomes_markup),
        cmocka_unit_test(options_stay_in_one_piece), cmocka_unit_test(a_lack_of_memory_is_told)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
