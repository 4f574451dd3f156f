/* JPEG to RGB, by libjpeg-turbo. */
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#include "base/memory.h"
#include "formats/image/image.h"
#include "formats/library.h"

enum { MAX_SCANS = 100 }; /* progressive files of ordinary encoders have about ten */

/* libjpeg leaves by longjmp: everything that must survive it lives in this struct, not in registers. */
typedef struct jpeg_reader {
    struct jpeg_error_mgr errors; /* first: libjpeg hands a pointer to it back */
    struct jpeg_progress_mgr progress;
    struct jpeg_decompress_struct jpeg;
    jmp_buf escape;
    octet_context *ctx;
    const char *name;
    octet_image *out;
    uint8_t *row;  /* CMYK only */
    bool is_short; /* of memory */
    char message[JMSG_LENGTH_MAX];
} jpeg_reader;

static void on_error(j_common_ptr jpeg) {
    jpeg_reader *r = (jpeg_reader *)(void *)jpeg->err;
    jpeg->err->format_message(jpeg, r->message);
    r->is_short = jpeg->err->msg_code == JERR_OUT_OF_MEMORY;
    longjmp(r->escape, 1);
}

/* Warnings are tolerated, as everywhere, but not the end of the file in the middle of the picture. */
static void on_message(j_common_ptr jpeg, int level) {
    if (level < 0 && jpeg->err->msg_code == JWRN_JPEG_EOF) on_error(jpeg);
}

static void on_progress(j_common_ptr jpeg) {
    jpeg_reader *r = (jpeg_reader *)(void *)jpeg->err;
    if (r->jpeg.input_scan_number <= MAX_SCANS) return;
    snprintf(r->message, sizeof r->message, "more than %d scans", MAX_SCANS);
    longjmp(r->escape, 1);
}

/* Adobe's programs store CMYK inverted. */
static void cmyk_to_rgb(const uint8_t *cmyk, bool inverted, int32_t width, uint8_t *rgb) {
    for (int32_t x = 0; x < width; x++) {
        for (int c = 0; c < 3; c++) {
            const unsigned ink = inverted ? cmyk[4 * x + c] : 255u - cmyk[4 * x + c];
            const unsigned black = inverted ? cmyk[4 * x + 3] : 255u - cmyk[4 * x + 3];
            rgb[3 * x + c] = (uint8_t)((ink * black + 127) / 255);
        }
    }
}

static octet_status read_rows(jpeg_reader *r, octet_bytes bytes, bool measure_only) {
    struct jpeg_decompress_struct *jpeg = &r->jpeg;
    if (setjmp(r->escape))
        return octet_context_fail(r->ctx, r->is_short ? OCTET_NOMEM : OCTET_FORMAT, "%s: %s%s", r->name,
                                  r->is_short ? "out of memory for JPEG" : r->message,
                                  r->is_short ? "" : ": the JPEG file is corrupt");
    jpeg_create_decompress(jpeg);
    jpeg->progress = &r->progress;
    jpeg_mem_src(jpeg, bytes.data, (unsigned long)bytes.size);
    jpeg_read_header(jpeg, TRUE);
    OCTET_TRY(octet_image_prepare(r->ctx, r->name, jpeg->image_width, jpeg->image_height, measure_only, r->out));
    if (measure_only) return OCTET_OK;
    const bool is_cmyk = jpeg->num_components == 4;
    jpeg->out_color_space = is_cmyk ? JCS_CMYK : JCS_RGB;
    jpeg->dct_method = JDCT_ISLOW;
    jpeg_start_decompress(jpeg);
    if (is_cmyk) OCTET_TRY(octet_memory_allocate(r->ctx, (size_t)r->out->width * 4, (void **)&r->row));
    while (jpeg->output_scanline < jpeg->output_height) {
        uint8_t *to = r->out->pixels + (size_t)jpeg->output_scanline * (size_t)r->out->width * 3;
        JSAMPROW row = is_cmyk ? r->row : to;
        jpeg_read_scanlines(jpeg, &row, 1);
        if (is_cmyk) cmyk_to_rgb(r->row, jpeg->saw_Adobe_marker, r->out->width, to);
    }
    return OCTET_OK;
}

octet_status octet_jpeg_read(octet_context *ctx, octet_bytes bytes, const char *name, bool measure_only,
                             octet_image *out) {
    jpeg_reader *r;
    OCTET_TRY(octet_library_load(ctx, OCTET_LIBRARY_JPEG, name));
    OCTET_TRY(octet_memory_allocate(ctx, sizeof *r, (void **)&r));
    memset(r, 0, sizeof *r);
    r->ctx = ctx;
    r->name = name;
    r->out = out;
    r->jpeg.err = jpeg_std_error(&r->errors);
    r->errors.error_exit = on_error;
    r->errors.emit_message = on_message;
    r->progress.progress_monitor = on_progress;
    const octet_status status = read_rows(r, bytes, measure_only);
    jpeg_destroy_decompress(&r->jpeg);
    octet_memory_free(ctx, r->row);
    octet_memory_free(ctx, r);
    return status;
}
