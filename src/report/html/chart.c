/* Charts as inline SVG. Figures beside them are HTML: text in a picture that is stretched to the page would be too. */
#include <math.h>
#include <string.h>

#include "base/number.h"
#include "report/html/writer.h"
#include "report/text.h"

static double part_of(double x, double low, double high) {
    if (!(high > low) || isnan(x)) return 0.0;
    return fmin(fmax((x - low) / (high - low), 0.0), 1.0);
}

/* At most two decimals, and none where there are none: 12.5. */
static const char *place(double x, char *text) {
    octet_number_fixed(x, 2, text);
    size_t n = strlen(text);
    while (text[n - 1] == '0') text[--n] = '\0';
    if (text[n - 1] == '.') text[n - 1] = '\0';
    return text;
}

/* title: what is seen, or NULL where a caption says it. */
static void open_svg(octet_html *html, const char *kind, double width, double height, const char *title) {
    char a[OCTET_NUMBER_SIZE], b[OCTET_NUMBER_SIZE];
    octet_html_markup(html, "<svg class=\"%s\" viewBox=\"0 0 %s %s\" preserveAspectRatio=\"none\" ", kind,
                      place(width, a), place(height, b));
    octet_html_markup(html, title != NULL ? "role=\"img\" aria-label=\"" : "aria-hidden=\"true");
    if (title != NULL) octet_html_text(html, title);
    octet_html_markup(html, "\">");
}

/* A scale on the left, its lines behind the bars. */
static void write_strip(octet_html *html, const octet_block *block) {
    const octet_chart *chart = &block->chart;
    octet_html_markup(html, "<div class=\"stripbox\"><div class=\"scale\" aria-hidden=\"true\">");
    for (uint32_t i = 0; i < 4; i++) {
        char text[OCTET_TEXT_SIZE];
        octet_html_markup(html, "<span>%s</span>",
                          octet_text_real(chart->high - (chart->high - chart->low) * i / 3.0, text));
    }
    octet_html_markup(html, "</div>");
    octet_html_markup(html, "<div style=\"width:100%%;max-width:%urem\">", 4 * chart->n);
    open_svg(html, "strip", chart->n, 60.0, block->title);
    octet_html_markup(html, "<path class=\"grid\" d=\"M0 0H%uM0 20H%uM0 40H%uM0 60H%u\"/>", chart->n, chart->n,
                      chart->n, chart->n);
    for (uint32_t i = 0; i < chart->n; i++) {
        char a[OCTET_NUMBER_SIZE], b[OCTET_NUMBER_SIZE];
        const double height = fmax(60.0 * part_of(chart->values[i], chart->low, chart->high), 0.6);
        octet_html_markup(html, "<rect class=\"%s\" x=\"%u\" y=\"%s\" width=\".8\" height=\"%s\"><title>",
                          octet_html_tone(chart->tones[i]), i, place(60.0 - height, a), place(height, b));
        octet_html_text(html, chart->labels[i]);
        octet_html_markup(html, "</title></rect>");
    }
    octet_html_markup(html, "</svg></div></div>");
}

/* The height goes with the logarithm of the count: a few values far out are what matters. */
static void write_bars(octet_html *html, const octet_chart *chart, bool inside) {
    const double width = (chart->high - chart->low) / chart->n;
    double most = 1.0;
    bool any = false;
    for (uint32_t i = 0; i < chart->n; i++) most = fmax(most, chart->values[i]);
    for (uint32_t i = 0; i < chart->n; i++) {
        const double middle = chart->low + width * (i + 0.5);
        if (chart->values[i] <= 0.0 || (middle >= chart->mark_low && middle <= chart->mark_high) != inside) continue;
        const int height = (int)ceil(38.0 * log1p(chart->values[i]) / log1p(most));
        octet_html_markup(html, "%sM%u 40v-%dh1v%d",
                          any      ? ""
                          : inside ? "<path d=\""
                                   : "<path class=\"out\" d=\"",
                          i, height, height);
        any = true;
    }
    if (any) octet_html_markup(html, "\"/>");
}

static void write_histogram(octet_html *html, const octet_block *block) {
    const octet_chart *chart = &block->chart;
    char a[OCTET_NUMBER_SIZE], b[OCTET_NUMBER_SIZE];
    const double from = chart->n * part_of(chart->mark_low, chart->low, chart->high),
                 to = chart->n * part_of(chart->mark_high, chart->low, chart->high);
    octet_html_markup(html, "<figure>");
    open_svg(html, "histogram", chart->n, 40.0, NULL);
    octet_html_markup(html, "<rect class=\"range\" x=\"%s\" width=\"%s\" height=\"40\"/>", place(from, a),
                      place(to - from, b));
    write_bars(html, chart, true);
    write_bars(html, chart, false);
    octet_html_markup(html, "</svg><div class=\"ends\" aria-hidden=\"true\"><span>%s</span><span>%s</span></div>",
                      octet_text_real(chart->low, a), octet_text_real(chart->high, b));
    octet_html_markup(html, "<figcaption>");
    octet_html_text(html, block->title);
    octet_html_markup(html, "</figcaption></figure>");
}

static void write_curves(octet_html *html, const octet_block *block) {
    const octet_chart *chart = &block->chart;
    open_svg(html, "curves", chart->n - 1.0, 100.0, block->title);
    for (uint32_t s = 0; s < chart->n_series; s++) {
        octet_html_markup(html, "<polyline class=\"c%u\" points=\"", s % 4);
        for (uint32_t i = 0; i < chart->n; i++) {
            char text[OCTET_NUMBER_SIZE];
            const double y = part_of(chart->values[(size_t)s * chart->n + i], chart->low, chart->high);
            octet_html_markup(html, "%s%u,%s", i > 0 ? " " : "", i, place(round(1000.0 - 1000.0 * y) / 10.0, text));
        }
        octet_html_markup(html, "\"/>");
    }
    octet_html_markup(html, "</svg>");
}

static void write_spans(octet_html *html, const octet_block *block) {
    const octet_chart *chart = &block->chart;
    const double per = chart->high > 0.0 ? 1000.0 / chart->high : 0.0;
    octet_html_markup(html, "<figure>");
    open_svg(html, "spans", chart->n, 1000.0, NULL);
    for (uint32_t i = 0; i < chart->n_spans; i++) {
        const octet_span *span = &chart->spans[i];
        char a[OCTET_NUMBER_SIZE], b[OCTET_NUMBER_SIZE];
        octet_html_markup(html, "<rect class=\"c%u\" x=\"%u\" y=\"%s\" width=\"%u\" height=\"%s\"><title>", i % 4,
                          span->first, place(1000.0 - per * span->high, a), span->last - span->first + 1,
                          place(per * (span->high - span->low), b));
        octet_html_text(html, span->label);
        octet_html_markup(html, "</title></rect>");
    }
    octet_html_markup(html, "</svg><figcaption>");
    octet_html_text(html, block->title);
    octet_html_markup(html, "</figcaption></figure>");
}

void octet_html_chart(octet_html *html, const octet_block *block) {
    switch (block->chart.kind) {
    case OCTET_CHART_STRIP: write_strip(html, block); return;
    case OCTET_CHART_HISTOGRAM: write_histogram(html, block); return;
    case OCTET_CHART_CURVES: write_curves(html, block); return;
    case OCTET_CHART_SPANS: write_spans(html, block); return;
    }
}
