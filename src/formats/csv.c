/* Lines and cells.
 *
 *  1. an optional byte order mark EF BB BF;
 *  2. the header: names, which may be quoted; "# " before the first, as numpy writes it, is passed over;
 *  3. lines of as many cells. A quoted cell may hold separators, line ends and, twice, quotes. */
#include "formats/csv.h"

#include <string.h>

#include "base/ascii.h"
#include "base/format.h"

enum { WINDOW = 1 << 20, MOST_LINE = 64 << 20 };

/* Moves what is left to the front and reads on; false in *more at the end of the file. */
static octet_status fill(octet_context *ctx, octet_csv *csv, bool *more) {
    memmove(csv->window, csv->window + csv->at, csv->size - csv->at);
    csv->size -= csv->at;
    csv->at = 0;
    *more = csv->offset < csv->reader.size;
    if (!*more) return OCTET_OK;
    if (csv->size == csv->capacity) {
        char *wider;
        OCTET_CHECK(ctx, csv->capacity < MOST_LINE, OCTET_LIMIT,
                    "%s: line %llu is longer than %d MiB: is a quote never closed?", csv->name,
                    (unsigned long long)csv->n_lines + 1, MOST_LINE >> 20);
        OCTET_TRY(octet_memory_allocate(ctx, 2 * csv->capacity + 1, (void **)&wider));
        memcpy(wider, csv->window, csv->size);
        octet_memory_free(ctx, csv->window);
        csv->window = wider;
        csv->capacity *= 2;
    }
    size_t n = csv->capacity - csv->size;
    if (n > csv->reader.size - csv->offset) n = (size_t)(csv->reader.size - csv->offset);
    OCTET_TRY(octet_reader_read(ctx, &csv->reader, csv->offset, csv->window + csv->size, n));
    csv->offset += n;
    csv->size += n;
    return OCTET_OK;
}

static size_t n_quotes(const char *text, const char *end) {
    size_t n = 0;
    for (; (text = memchr(text, '"', (size_t)(end - text))) != NULL; text++) n++;
    return n;
}

/* [csv->at, *end): a line with its quoted line ends, without the last; *next: behind that. *n_lines: how many lines of
 * the file it takes. False in *is_there behind the last. */
static octet_status find_line(octet_context *ctx, octet_csv *csv, bool *is_there, size_t *end, size_t *next,
                              uint64_t *n_lines) {
    size_t looked = 0; /* at so many bytes from csv->at on */
    bool is_quoted = false, more = true;
    *n_lines = 0;
    for (;;) {
        const char *from = csv->window + csv->at + looked, *to = csv->window + csv->size;
        const char *found = memchr(from, csv->line_end, (size_t)(to - from));
        if (found != NULL) {
            ++*n_lines;
            is_quoted = is_quoted != (n_quotes(from, found) % 2 == 1);
            looked += (size_t)(found - from) + 1;
            *end = csv->at + looked - 1;
            *next = csv->at + looked;
            *is_there = true;
            if (!is_quoted) return OCTET_OK;
            continue;
        }
        if (more) {
            OCTET_TRY(fill(ctx, csv, &more));
            continue;
        }
        *is_there = csv->size > csv->at;
        OCTET_CHECK(ctx, is_quoted == (n_quotes(from, to) % 2 == 1), OCTET_FORMAT,
                    "%s: line %llu opens a quote that is never closed", csv->name,
                    (unsigned long long)csv->n_lines + 1);
        ++*n_lines;
        *end = *next = csv->size;
        return OCTET_OK;
    }
}

static bool is_space(const octet_csv *csv, char c) {
    return c == ' ' || c == '\r' || c == '\n' || (c == '\t' && csv->separator != '\t');
}

/* The text of a quoted cell, its quotes made single in place; *at: at its opening quote, then behind the closing one.
 */
static bool unquote(char **at, const char *end, octet_csv_cell *cell) {
    char *from = *at + 1, *to = from;
    cell->text = to;
    for (; from < end; from++) {
        if (*from == '"' && (from + 1 == end || from[1] != '"')) break;
        from += *from == '"';
        *to++ = *from;
    }
    cell->size = (size_t)(to - cell->text);
    *at = from + 1;
    return from < end;
}

static octet_status split(octet_context *ctx, octet_csv *csv, char *at, char *end, uint32_t *n_cells) {
    *n_cells = 0;
    for (;;) {
        octet_csv_cell cell;
        while (at < end && is_space(csv, *at)) at++;
        if (at < end && *at == '"') {
            bool is_closed = unquote(&at, end, &cell);
            while (is_closed && at < end && is_space(csv, *at)) at++;
            is_closed = is_closed && (at >= end || *at == csv->separator);
            OCTET_CHECK(ctx, is_closed, OCTET_FORMAT,
                        "%s: line %llu, cell %u: a quote within the text of a cell: write it twice, in a quoted cell",
                        csv->name, (unsigned long long)csv->line, (unsigned)*n_cells + 1);
        } else {
            char *stop = memchr(at, csv->separator, (size_t)(end - at));
            cell.text = at;
            at = stop != NULL ? stop : end;
            for (cell.size = (size_t)(at - cell.text); cell.size > 0 && is_space(csv, cell.text[cell.size - 1]);)
                cell.size--;
        }
        const bool is_last = at >= end;
        if (*n_cells < csv->n_columns) csv->cells[*n_cells] = cell;
        ++*n_cells;
        cell.text[cell.size] = '\0'; /* over a space, a quote, a separator or the end of the line */
        if (is_last) return OCTET_OK;
        at++;
    }
}

static octet_status next_line(octet_context *ctx, octet_csv *csv, char **begin, char **end, bool *is_there) {
    for (;;) {
        size_t stop = 0, next = 0;
        uint64_t n_lines;
        OCTET_TRY(find_line(ctx, csv, is_there, &stop, &next, &n_lines));
        if (!*is_there) return OCTET_OK;
        *begin = csv->window + csv->at;
        *end = csv->window + stop;
        csv->line = csv->n_lines + 1;
        csv->n_lines += n_lines;
        csv->at = next;
        for (const char *c = *begin; c < *end; c++)
            if (!is_space(csv, *c)) return OCTET_OK;
    }
}

octet_status octet_csv_next(octet_context *ctx, octet_csv *csv, bool *is_there) {
    char *begin, *end;
    uint32_t n_cells;
    OCTET_TRY(next_line(ctx, csv, &begin, &end, is_there));
    if (!*is_there) return OCTET_OK;
    OCTET_TRY(split(ctx, csv, begin, end, &n_cells));
    OCTET_CHECK(ctx, n_cells == csv->n_columns, OCTET_FORMAT, "%s: line %llu has %u cells, the header has %u",
                csv->name, (unsigned long long)csv->line, (unsigned)n_cells, (unsigned)csv->n_columns);
    return OCTET_OK;
}

/* ---- The header ---- */

static const char separators[] = {',', ';', '\t'};

/* Counts the separators outside of quotes; *n: of the one that stands there most often. */
static char choose_separator(const char *text, const char *end, size_t *n) {
    size_t counts[sizeof separators] = {0}, best = 0;
    bool is_quoted = false;
    for (; text < end; text++) {
        if (*text == '"') is_quoted = !is_quoted;
        for (size_t i = 0; i < sizeof separators && !is_quoted; i++) counts[i] += *text == separators[i];
    }
    for (size_t i = 1; i < sizeof separators; i++)
        if (counts[i] > counts[best]) best = i;
    *n = counts[best];
    return separators[best];
}

/* Lines end with CR where one comes before any LF and no LF follows it. */
static char choose_line_end(const octet_csv *csv) {
    const char *text = csv->window + csv->at, *cr = memchr(text, '\r', csv->size - csv->at);
    const char *lf = memchr(text, '\n', csv->size - csv->at);
    return cr != NULL && (lf == NULL || cr + 1 < lf) ? '\r' : '\n';
}

/* Numbers that count the columns are names, as pandas writes them; other numbers are a sample, or wavelengths, and
 * nobody knows which. */
static octet_status refuse_numbers(octet_context *ctx, octet_csv *csv) {
    bool are_numbers = true, count = true;
    for (uint32_t c = 0; c < csv->n_columns && are_numbers; c++) {
        double number = 0.0;
        octet_context quiet;
        octet_context_child(ctx, &quiet);
        are_numbers = octet_csv_number(&quiet, csv, c, &number) == OCTET_OK;
        count = count && number == (double)c;
    }
    csv->mark = 0;
    OCTET_CHECK(ctx, !are_numbers || count, OCTET_FORMAT,
                "%s: line %llu is all numbers: a line with the names of the columns must stand above it (0%c1%c2%c... "
                "will do)",
                csv->name, (unsigned long long)csv->line, csv->separator, csv->separator, csv->separator);
    return OCTET_OK;
}

static octet_status read_header(octet_context *ctx, octet_arena *arena, octet_csv *csv) {
    char *begin, *end;
    const char **names;
    bool is_there, more;
    size_t n;
    uint32_t n_cells;
    OCTET_TRY(fill(ctx, csv, &more));
    if (csv->size >= 3 && memcmp(csv->window, "\xef\xbb\xbf", 3) == 0) csv->at = 3;
    csv->line_end = choose_line_end(csv);
    OCTET_TRY(next_line(ctx, csv, &begin, &end, &is_there));
    OCTET_CHECK(ctx, is_there, OCTET_FORMAT, "%s: holds no line of text", csv->name);
    csv->separator = choose_separator(begin, end, &n);
    OCTET_CHECK(ctx, n < OCTET_CSV_MAX_COLUMNS, OCTET_LIMIT, "%s: %zu columns: the limit is %d", csv->name, n + 1,
                OCTET_CSV_MAX_COLUMNS);
    csv->n_columns = (uint32_t)n + 1;
    OCTET_TRY(OCTET_NEW(ctx, arena, n + 1, &csv->cells));
    OCTET_TRY(OCTET_NEW(ctx, arena, n + 1, &names));
    if (*begin == '#') begin++;
    OCTET_TRY(split(ctx, csv, begin, end, &n_cells));
    OCTET_CHECK(ctx, n_cells == csv->n_columns, OCTET_FORMAT, "%s: line %llu: a quote within the name of a column",
                csv->name, (unsigned long long)csv->line);
    for (uint32_t c = 0; c < csv->n_columns; c++)
        OCTET_TRY(octet_arena_string(ctx, arena, csv->cells[c].text, &names[c]));
    csv->names = names;
    return refuse_numbers(ctx, csv);
}

octet_status octet_csv_open(octet_context *ctx, octet_arena *arena, const octet_reader *reader, octet_csv *out) {
    *out = (octet_csv){.name = reader->name, .separator = ',', .reader = *reader};
    out->capacity = reader->size == 0 ? 1 : reader->size < WINDOW ? (size_t)reader->size : WINDOW;
    OCTET_TRY(octet_memory_allocate(ctx, out->capacity + 1, (void **)&out->window));
    const octet_status status = read_header(ctx, arena, out);
    if (status != OCTET_OK) octet_csv_close(ctx, out);
    return status;
}

void octet_csv_close(octet_context *ctx, octet_csv *csv) {
    octet_memory_free(ctx, csv->window);
    csv->window = NULL;
}

bool octet_csv_find(const octet_csv *csv, const char *name, uint32_t *out) {
    int64_t number = 0;
    for (*out = 0; *out < csv->n_columns; ++*out)
        if (strcmp(csv->names[*out], name) == 0) return true;
    const bool is_backwards = *name == '-';
    const char *digit = name + is_backwards;
    if (*digit == '\0') return false;
    for (; *digit != '\0'; digit++) {
        if (!octet_ascii_is_digit(*digit) || number >= OCTET_CSV_MAX_COLUMNS) return false;
        number = 10 * number + (*digit - '0');
    }
    if (is_backwards) number = (int64_t)csv->n_columns - number;
    *out = (uint32_t)number;
    return number >= 0 && number < (int64_t)csv->n_columns;
}

const char *octet_csv_names_text(const octet_csv *csv, char text[OCTET_CSV_NAMES_SIZE]) {
    enum { FOR_THE_REST = 32 };
    size_t length = 0;
    text[0] = '\0';
    for (uint32_t c = 0; c < csv->n_columns; c++) {
        const char *name = csv->names[c][0] != '\0' ? csv->names[c] : "(no name)";
        if (length + strlen(name) + FOR_THE_REST > OCTET_CSV_NAMES_SIZE) {
            octet_format(text + length, OCTET_CSV_NAMES_SIZE - length, " and %u more", (unsigned)(csv->n_columns - c));
            break;
        }
        length += (size_t)octet_format(text + length, OCTET_CSV_NAMES_SIZE - length, "%s%s", c > 0 ? ", " : "", name);
    }
    return text;
}
