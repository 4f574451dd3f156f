/* report/verdict_lines.h - the figures of a verdict in words, line by line.
 * In:  a finished verdict.
 * Out: the lines of its table, a grade, sentences: the same in text and on a page.
 * Knows: which figures mean something for which labels.
 * Does not know: layout. */
#ifndef OCTET_REPORT_VERDICT_LINES_H
#define OCTET_REPORT_VERDICT_LINES_H

#include "report/document.h"
#include "report/text.h"
#include "report/verdict.h"

enum { OCTET_VERDICT_MOST_LINES = 8, OCTET_VERDICT_SENTENCE = 320 };

typedef struct octet_verdict_line {
    const char *name;
    char before[OCTET_TEXT_SIZE], after[OCTET_TEXT_SIZE];
    char change[OCTET_VERDICT_SENTENCE];
} octet_verdict_line;

/* Returns the number of lines. with_time: also times, which no two runs give alike. */
uint32_t octet_verdict_list_lines(const octet_verdict *verdict, bool with_time,
                                  octet_verdict_line lines[OCTET_VERDICT_MOST_LINES]);
/* Both write into `text`, OCTET_VERDICT_SENTENCE bytes, and return it. */
/* "int8, real = 0.00392156886 * (q + 128)" */
const char *octet_verdict_port_text(const octet_report_port *port, char *text);
/* "half of them give the same ranges": how far the ranges of calibration have settled. */
const char *octet_verdict_settled_text(const octet_verdict_calibration *k, char *text);

/* Good, fair or poor. By accuracy: it falls by at most 0.5 points, by at most 2, by more. By agreement where there are
 * no labels: at most 1 % of the answers flip, at most 5 %, more. By the root mean square error against numbers: it
 * grows by at most 2 %, 10 %, more. Else by the fidelity of the outputs: 30 dB and better, 20 dB, less; below 20 dB
 * nothing is better than fair. */
octet_tone octet_verdict_grade(const octet_verdict *verdict);
/* What it cost, in one sentence, with the size: writes into `text`, OCTET_VERDICT_SENTENCE bytes, and returns it. */
const char *octet_verdict_sentence(const octet_verdict *verdict, char *text);

#endif
