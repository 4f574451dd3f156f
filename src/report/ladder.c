#include "report/ladder.h"

#include <math.h>

#include "base/format.h"
#include "report/moves.h"
#include "report/text.h"

const char *octet_ladder_how_text(const octet_ladder *ladder, char *text) {
    char a[OCTET_TEXT_SIZE], b[OCTET_TEXT_SIZE];
    octet_format(text, OCTET_LADDER_SENTENCE,
                 "each step fitted on %s calibration samples and judged on %s others, and the other way round",
                 octet_text_count(ladder->n_first, a), octet_text_count(ladder->n_samples - ladder->n_first, b));
    return text;
}

const char *octet_ladder_gain_text(const octet_ladder_row *row, char *text) {
    octet_format(text, OCTET_LADDER_SENTENCE, row->is_judged ? "%+.1f dB" : "-", row->gain_db);
    return text;
}

const char *octet_ladder_end_text(const octet_ladder_row *row, char *text) {
    octet_format(text, OCTET_LADDER_SENTENCE, "%s%s%s", row->is_kept ? "kept" : "left out",
                 row->why[0] != '\0' ? ": " : "", row->why);
    return text;
}

const char *octet_attempt_text(const octet_attempt *a, char *text) {
    char drop[OCTET_TEXT_SIZE] = "", fidelity[OCTET_TEXT_SIZE] = "equal outputs";
    if (isfinite(a->drop_points)) octet_format(drop, sizeof drop, ", %.2f points lost", a->drop_points);
    if (isfinite(a->fidelity_db)) octet_format(fidelity, sizeof fidelity, "%.1f dB", a->fidelity_db);
    octet_format(text, OCTET_LADDER_SENTENCE, "%s%s%s", fidelity, drop, a->meets ? ": enough" : "");
    return text;
}

octet_status octet_ladder_write_text(octet_context *ctx, const octet_ladder *ladder, octet_buffer *out) {
    char gain[OCTET_LADDER_SENTENCE], end[OCTET_LADDER_SENTENCE], time[OCTET_TEXT_SIZE];
    if (ladder->n_rows == 0) return octet_moves_write_text(ctx, &ladder->moves, out);
    OCTET_TRY(octet_buffer_format(ctx, out, "recovery        %s\n", octet_ladder_how_text(ladder, end)));
    for (uint32_t i = 0; i < ladder->n_rows; i++) {
        const octet_ladder_row *row = &ladder->rows[i];
        OCTET_TRY(octet_buffer_format(ctx, out, "  %-28s%10s%10s   %s\n", row->step, octet_ladder_gain_text(row, gain),
                                      octet_text_time((double)row->time_ns, time), octet_ladder_end_text(row, end)));
    }
    return octet_moves_write_text(ctx, &ladder->moves, out);
}

void octet_ladder_write_member(octet_json_writer *json, const octet_ladder *ladder) {
    octet_moves_write_member(json, &ladder->moves);
    if (ladder->n_rows == 0) return;
    octet_json_begin_object(json, "recovery", OCTET_JSON_LINES);
    octet_json_write_u64(json, "samples", ladder->n_samples);
    octet_json_write_u64(json, "first_half", ladder->n_first);
    octet_json_begin_array(json, "steps", OCTET_JSON_LINES);
    for (uint32_t i = 0; i < ladder->n_rows; i++) {
        const octet_ladder_row *row = &ladder->rows[i];
        octet_json_begin_object(json, NULL, OCTET_JSON_LINE);
        octet_json_write_string(json, "step", row->step);
        if (row->is_judged) {
            octet_json_write_real(json, "gain_db", row->gain_db, 6);
            octet_json_write_real(json, "worst_gain_db", row->worst_db, 6);
        }
        octet_json_write_bool(json, "kept", row->is_kept);
        octet_json_write_string(json, "why", row->why);
        octet_json_write_real(json, "time_s", (double)row->time_ns / 1e9, 6);
        octet_json_end(json);
    }
    octet_json_end(json);
    octet_json_end(json);
}

octet_status octet_attempts_write_text(octet_context *ctx, const octet_attempt *attempts, uint32_t n,
                                       octet_buffer *out) {
    char text[OCTET_LADDER_SENTENCE];
    for (uint32_t i = 0; i < n; i++)
        OCTET_TRY(octet_buffer_format(ctx, out, "%-16s--recover %s: %s\n", i == 0 ? "attempts" : "",
                                      attempts[i].recovery, octet_attempt_text(&attempts[i], text)));
    return OCTET_OK;
}

void octet_attempts_write_member(octet_json_writer *json, const octet_attempt *attempts, uint32_t n) {
    if (n == 0) return;
    octet_json_begin_array(json, "attempts", OCTET_JSON_LINES);
    for (uint32_t i = 0; i < n; i++) {
        octet_json_begin_object(json, NULL, OCTET_JSON_LINE);
        octet_json_write_string(json, "recover", attempts[i].recovery);
        octet_json_write_real(json, "signal_to_noise_db", attempts[i].fidelity_db, 6);
        octet_json_write_real(json, "drop_points", attempts[i].drop_points, 10);
        octet_json_write_bool(json, "meets_aim", attempts[i].meets);
        octet_json_end(json);
    }
    octet_json_end(json);
}
