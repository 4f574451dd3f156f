#include "export/c/count.h"

#include <string.h>

#include "base/ascii.h"

/* Cycles per instruction: of the M0 and the M4 from their technical reference manuals' tables over what the networks of
 * docs/device.md execute; the M7 and the M33 have no such tables, so theirs is the M4's by Arm's CoreMark per MHz (M4
 * 3.42, M7 5.01, M33 4.02). */
static const octet_c_core cores[OCTET_C_N_CORES] = {{"Cortex-M0", "m0", OCTET_C_PLAIN, 1.53},
                                                    {"Cortex-M4", "m4", OCTET_C_DSP, 1.39},
                                                    {"Cortex-M7", "m7", OCTET_C_DSP, 0.95},
                                                    {"Cortex-M33", "m33", OCTET_C_DSP, 1.18}};

const octet_c_core *octet_c_core_at(uint32_t index) { return &cores[index]; }

/* ---- What things take, in instructions ----
 *
 * Fitted to counts of 53 networks and single layers, arm-none-eabi-gcc 12.2 -Os. */

typedef enum price_kind {
    PRICE_TOKEN, /* a word, a number, a sign */
    PRICE_ITERATION,
    PRICE_LOAD,
    PRICE_COMPARISON,
    PRICE_DIVISION, /* by what is no constant */
    PRICE_WIDE,     /* a product of 64 bits */
    N_PRICES
} price_kind;

static const octet_c_count prices[N_PRICES] = {
    [PRICE_TOKEN] = {{0.1, 0.05}},      [PRICE_ITERATION] = {{2.5, 2.5}}, [PRICE_LOAD] = {{1.9, 1.27}},
    [PRICE_COMPARISON] = {{3.9, 2.45}}, [PRICE_DIVISION] = {{55.0, 7.4}}, [PRICE_WIDE] = {{21.3, 2.3}},
};

/* Helpers that are better known than by their text: by assembler, or by how often they loop. */
static const struct {
    const char *name;
    int32_t argument; /* that says how many products there are; -1: none */
    octet_c_count call, four, one;
} helpers[] = {
    {"dot4", 5, {{44.0, 32.0}}, {{102.0, 25.6}}, {{11.1, 6.6}}},
    {"rows4", 2, {{40.0, 40.0}}, {{124.0, 22.3}}, {{31.0, 5.6}}},
    {"gather", 2, {{40.0, 30.0}}, {{24.0, 8.0}}, {{6.0, 2.0}}},
    {"four", 1, {{60.0, 42.0}}, {{99.5, 18.0}}, {{11.7, 4.5}}},
    {"taps4", 3, {{8.0, 8.0}}, {{108.0, 52.0}}, {{27.0, 13.0}}},
    {"dot", 2, {{15.9, 16.9}}, {{31.9, 9.5}}, {{8.3, 6.3}}},
    {"MAC2", -1, {{5.2, 2.4}}, {{0.0, 0.0}}, {{0.0, 0.0}}},
    {"scale_relu", -1, {{94.0, 9.8}}, {{0.0, 0.0}}, {{0.0, 0.0}}},
    {"scale", -1, {{59.0, 17.8}}, {{0.0, 0.0}}, {{0.0, 0.0}}},
};

/* Where the text does not tell. */
enum { USUAL_ROUNDS = 4, USUAL_PRODUCTS = 8, MOST_ARGUMENTS = 16, MOST_DEPTH = 24 };
static const double usual_chance = 0.5, edge_chance = 0.15;

/* Which sets a part of the text is for. */
typedef struct set_mask {
    bool of[OCTET_C_N_SETS];
} set_mask;

/* A part between #if and #endif: who reads around it, who has read a branch of it. */
typedef struct conditional {
    set_mask around, done;
} conditional;

enum { MOST_CONDITIONALS = 8 };

typedef struct counter {
    const octet_c_functions *functions;
    octet_c_count *total;
    uint32_t depth; /* of calls and blocks */
    set_mask reads;
    conditional conditionals[MOST_CONDITIONALS];
    uint32_t n_conditionals;
} counter;

static void add(counter *c, double times, const octet_c_count *price) {
    for (uint32_t i = 0; i < OCTET_C_N_SETS; i++)
        if (c->reads.of[i]) c->total->of[i] += times * price->of[i];
}

static bool contains(octet_c_span a, const char *text) { return octet_c_span_find(a, text) < a.n; }

/* Conditions that ask for DSP instructions hold for that set; all others, vectors of other processors, for none. */
static void take_branch(counter *c, conditional *at, octet_c_span line) {
    const bool is_else = octet_c_span_begins(line, "#else"), is_not = octet_c_span_begins(line, "#ifndef");
    const bool asks_dsp = contains(line, "__ARM_FEATURE_DSP") || contains(line, "FOURS");
    for (uint32_t i = 0; i < OCTET_C_N_SETS; i++) {
        const bool holds = is_else || (asks_dsp && i == OCTET_C_DSP) != is_not;
        c->reads.of[i] = at->around.of[i] && !at->done.of[i] && holds;
        at->done.of[i] = at->done.of[i] || holds;
    }
}

static void take_directive(counter *c, octet_c_span line) {
    if (octet_c_span_begins(line, "#if")) {
        if (c->n_conditionals == MOST_CONDITIONALS) return;
        conditional *at = &c->conditionals[c->n_conditionals++];
        *at = (conditional){.around = c->reads};
        take_branch(c, at, line);
    } else if (c->n_conditionals > 0 && octet_c_span_begins(line, "#el")) {
        take_branch(c, &c->conditionals[c->n_conditionals - 1], line);
    } else if (c->n_conditionals > 0 && octet_c_span_begins(line, "#endif")) {
        c->reads = c->conditionals[--c->n_conditionals].around;
    }
}

static void count_function(counter *c, const octet_c_function *f, octet_c_span call, const octet_c_known *known,
                           double times);
static void count_statement(counter *c, octet_c_span line, octet_c_known *known, double times);

/* ---- Expressions ---- */

static octet_c_span rest(octet_c_span a, size_t n) { return (octet_c_span){a.at + n, a.n - n}; }

/* A number of rounds or products: what is known, or the number that an expression begins with ("48 - left"). */
static double amount(octet_c_span a, const octet_c_known *known, double usual) {
    int64_t value;
    size_t n = 0;
    if (octet_c_span_value(a, known, &value)) return (double)value;
    while (n < a.n && octet_ascii_is_digit(a.at[n])) n++;
    return octet_c_span_value((octet_c_span){a.at, n}, known, &value) ? (double)value : usual;
}

/* Whether `name` is a helper that has a price of its own. `call` begins with it. */
static bool count_helper(counter *c, octet_c_span name, octet_c_span call, const octet_c_known *known, double times) {
    octet_c_span arguments[MOST_ARGUMENTS];
    size_t end;
    for (size_t i = 0; i < sizeof helpers / sizeof *helpers; i++) {
        const size_t n = strlen(c->functions->prefix);
        if (name.n < n || !octet_c_span_is(rest(name, n), helpers[i].name)) continue;
        add(c, times, &helpers[i].call);
        if (helpers[i].argument < 0) return true;
        const uint32_t at = (uint32_t)helpers[i].argument;
        if (octet_c_span_arguments(call, name.n, ',', arguments, MOST_ARGUMENTS, &end) <= at) return true;
        const double products = amount(arguments[at], known, USUAL_PRODUCTS);
        const double fours = (double)((int64_t)products / 4);
        add(c, times * fours, &helpers[i].four);
        add(c, times * (products - 4 * fours), &helpers[i].one);
        return true;
    }
    return false;
}

static void count_calls(counter *c, octet_c_span a, const octet_c_known *known, double times) {
    octet_c_span name;
    while (octet_c_span_next_name(&a, &name)) {
        if (a.n == 0 || *a.at != '(') continue;
        const octet_c_span call = {name.at, name.n + a.n};
        if (count_helper(c, name, call, known, times)) continue;
        for (uint32_t i = 0; i < c->functions->n; i++) {
            const octet_c_function *f = &c->functions->of[i];
            if (f->name.n != name.n || memcmp(f->name.at, name.at, name.n) != 0) continue;
            count_function(c, f, call, known, times);
            break;
        }
    }
}

static bool is_sign(char c) { return c != '\0' && strchr("-+*/%<>=!&|?:", c) != NULL; }
static bool is_word(char c) { return octet_ascii_is_letter(c) || octet_ascii_is_digit(c) || c == '_'; }

/* Whether the star at i is that of a load, "x = *p". */
static bool is_load(octet_c_span a, size_t i) {
    if (i + 1 >= a.n || !is_word(a.at[i + 1])) return false;
    if (i == 0) return true;
    if (a.at[i - 1] == ' ') return i >= 2 && strchr("=+-?:", a.at[i - 2]) != NULL;
    return a.at[i - 1] == '(';
}

static void count_expression(counter *c, octet_c_span a, const octet_c_known *known, double times) {
    uint32_t n[N_PRICES] = {0};
    for (size_t i = 0; i < a.n; i++) {
        const char x = a.at[i], before = i > 0 ? a.at[i - 1] : ' ';
        if ((is_word(x) && !is_word(before)) || (is_sign(x) && !is_sign(before)) || x == '[') n[PRICE_TOKEN]++;
        if (x == '[' || (x == '*' && is_load(a, i))) n[PRICE_LOAD]++;
        if (x == '?' && before == ' ') n[PRICE_COMPARISON]++;
        if ((x == '/' || x == '%') && i + 2 < a.n && octet_ascii_is_letter(a.at[i + 2])) n[PRICE_DIVISION]++;
        if (octet_c_span_begins(rest(a, i), "(int64_t)")) n[PRICE_WIDE]++;
    }
    for (uint32_t i = 0; i < N_PRICES; i++) add(c, times * n[i], &prices[i]);
    count_calls(c, a, known, times);
}

/* ---- Statements ---- */

/* Whether a row or column lies outside, or a number is 0, is seldom so. */
static double chance(octet_c_span condition) {
    const size_t least = octet_c_span_find(condition, ">= ");
    const bool is_edge = octet_c_span_find(condition, "< 0") < condition.n ||
                         (least + 3 < condition.n && octet_ascii_is_digit(condition.at[least + 3])) ||
                         octet_c_span_ends(condition, " == 0");
    return is_edge && octet_c_span_find(condition, "%") == condition.n ? edge_chance : usual_chance;
}

/* The chance that `line`, "if (...)", goes on behind *end. */
static double count_condition(counter *c, octet_c_span line, const octet_c_known *known, double times, size_t *end) {
    octet_c_span condition;
    octet_c_span_arguments(line, octet_c_span_find(line, "("), ';', &condition, 1, end);
    uint32_t n = 1;
    for (size_t i = 0; i + 1 < condition.n; i++)
        if ((condition.at[i] == '|' || condition.at[i] == '&') && condition.at[i + 1] == condition.at[i]) n++;
    add(c, times * n, &prices[PRICE_COMPARISON]);
    count_expression(c, condition, known, times);
    return chance(condition);
}

/* How often a loop goes round: "i = 0; i < 12; ++i", "x = 1; x < 29; x += 4". */
static double rounds(const octet_c_span *parts, const octet_c_known *known) {
    octet_c_span to = parts[1];
    const size_t less = octet_c_span_find(to, "<"), set = octet_c_span_find(parts[0], "=");
    if (less == to.n) return USUAL_ROUNDS;
    const bool is_equal_too = less + 1 < to.n && to.at[less + 1] == '=';
    const double last = amount(octet_c_span_trim(rest(to, less + (is_equal_too ? 2 : 1))), known, -1.0);
    const double first = set < parts[0].n ? amount(octet_c_span_trim(rest(parts[0], set + 1)), known, 0.0) : 0.0;
    const size_t step = octet_c_span_find(parts[2], "+= ");
    const double by = step < parts[2].n ? amount(octet_c_span_trim(rest(parts[2], step + 3)), known, 1.0) : 1.0;
    if (last < 0.0 || by < 1.0) return USUAL_ROUNDS;
    return last > first ? (double)(int64_t)((last - first + is_equal_too + by - 1.0) / by) : 0.0;
}

/* The rounds of "for (...)" or "while (...)"; behind it: *end. A loop of two rounds is none to a compiler. */
static double count_head(counter *c, octet_c_span line, const octet_c_known *known, double times, size_t *end) {
    octet_c_span parts[3];
    octet_c_span_arguments(line, octet_c_span_find(line, "("), ';', parts, 3, end);
    double n = USUAL_ROUNDS;
    if (octet_c_span_begins(line, "for")) n = rounds(parts, known);
    else n = amount((octet_c_span){"n", 1}, known, USUAL_ROUNDS);
    if (n > 2.0) add(c, times * n, &prices[PRICE_ITERATION]);
    return n;
}

/* Notes what "const int32_t row = y * 2 + k - 1;" sets. */
static void note_value(octet_c_span line, octet_c_known *known) {
    int64_t value;
    octet_c_span name, left = line;
    if (octet_c_span_begins(left, "const ")) left = rest(left, 6);
    if (!octet_c_span_begins(left, "int32_t ")) return;
    left = rest(left, 8);
    if (!octet_c_span_next_name(&left, &name) || !octet_c_span_begins(left, " = ")) return;
    const size_t end = octet_c_span_find(left, ";");
    const bool is_known = octet_c_span_value((octet_c_span){left.at + 3, end - 3}, known, &value);
    octet_c_known_set(known, name, is_known, is_known ? value : 0);
}

static void count_statement(counter *c, octet_c_span line, octet_c_known *known, double times) {
    size_t end;
    if (octet_c_span_begins(line, "for (") || octet_c_span_begins(line, "while (")) {
        const double n = count_head(c, line, known, times, &end);
        count_statement(c, octet_c_span_trim(rest(line, end)), known, times * n);
    } else if (octet_c_span_begins(line, "if (")) {
        const double p = count_condition(c, line, known, times, &end);
        count_statement(c, octet_c_span_trim(rest(line, end)), known, times * p);
    } else if (octet_c_span_begins(line, "else ")) {
        count_statement(c, rest(line, 5), known, times * usual_chance);
    } else {
        note_value(line, known);
        count_expression(c, line, known, times);
    }
}

static bool leaves(octet_c_span a) {
    return octet_c_span_find(a, "continue;") < a.n || octet_c_span_find(a, "return") < a.n;
}

static octet_c_span count_block(counter *c, octet_c_span *text, octet_c_known known, double times);

/* A line that opens a block, and the block. The times that what follows is reached. */
static double count_opened(counter *c, octet_c_span line, octet_c_span *text, const octet_c_known *known,
                           double times) {
    size_t end;
    const char *begin = text->at;
    double inside = times, left = times;
    const size_t is_if = octet_c_span_find(line, "if (");
    if (octet_c_span_begins(line, "for (") || octet_c_span_begins(line, "while ("))
        inside = times * count_head(c, line, known, times, &end);
    else if (is_if < line.n) inside = times * count_condition(c, rest(line, is_if), known, times, &end);
    else if (octet_c_span_find(line, "else") < line.n) inside = times * usual_chance;
    const octet_c_span close = count_block(c, text, *known, inside);
    if (is_if < line.n && leaves((octet_c_span){begin, (size_t)(text->at - begin)})) left = times - inside;
    return octet_c_span_ends(close, "{") ? count_opened(c, close, text, known, left) : left;
}

/* Lines up to the brace that closes the block, whose line is returned. */
static octet_c_span count_block(counter *c, octet_c_span *text, octet_c_known known, double times) {
    octet_c_span line;
    size_t end;
    if (c->depth++ >= MOST_DEPTH) times = 0.0;
    while (octet_c_span_next_line(text, &line)) {
        if (octet_c_span_begins(line, "#")) take_directive(c, line);
        if (!c->reads.of[OCTET_C_PLAIN] && !c->reads.of[OCTET_C_DSP]) continue;
        if (octet_c_span_begins(line, "}")) break;
        if (octet_c_span_ends(line, "{")) times = count_opened(c, line, text, &known, times);
        else if (line.n > 0 && *line.at != '/' && *line.at != '#') {
            count_statement(c, line, &known, times);
            if (octet_c_span_begins(line, "if (") && leaves(line)) {
                octet_c_span condition;
                octet_c_span_arguments(line, 3, ';', &condition, 1, &end);
                times *= 1.0 - chance(condition);
            }
        }
    }
    c->depth--;
    return line;
}

/* `call` begins with the name; nothing behind it: the arguments are not known. */
static void count_function(counter *c, const octet_c_function *f, octet_c_span call, const octet_c_known *known,
                           double times) {
    octet_c_span given[MOST_ARGUMENTS], named[MOST_ARGUMENTS];
    octet_c_known inside = {.n = 0};
    octet_c_span body = f->body;
    size_t end;
    if (c->depth++ < MOST_DEPTH && times > 0.0) {
        const uint32_t n =
            call.n > f->name.n ? octet_c_span_arguments(call, f->name.n, ',', given, MOST_ARGUMENTS, &end) : 0;
        const uint32_t n_named = octet_c_span_arguments(f->parameters, 0, ',', named, MOST_ARGUMENTS, &end);
        for (uint32_t i = 0; i < n && i < n_named && i < MOST_ARGUMENTS; i++) {
            int64_t value;
            octet_c_span left = named[i], name = left;
            while (octet_c_span_next_name(&left, &name)) {}
            if (octet_c_span_value(given[i], known, &value)) octet_c_known_set(&inside, name, true, value);
        }
        count_block(c, &body, inside, times);
    }
    c->depth--;
}

/* ---- Functions ---- */

/* "static int32_t net_scale(int32_t x, int32_t multiplier) {", at the beginning of a line. */
static bool is_head(octet_c_span whole_line) {
    return octet_c_span_ends(whole_line, "{") && octet_ascii_is_letter(*whole_line.at) &&
           octet_c_span_find(whole_line, "(") < whole_line.n && octet_c_span_find(whole_line, "=") == whole_line.n;
}

/* The body of a function, up to "}" at the beginning of a line. */
static octet_c_span take_body(octet_c_span *text) {
    octet_c_span line;
    const char *begin = text->at;
    while (text->n > 0 && *text->at != '}') octet_c_span_next_line(text, &line);
    return (octet_c_span){begin, (size_t)(text->at - begin)};
}

octet_status octet_c_functions_find(octet_context *ctx, octet_arena *arena, octet_c_span text, const char *prefix,
                                    octet_c_functions *out) {
    size_t n = 0;
    octet_c_span line, left = text;
    while (octet_c_span_next_line(&left, &line)) n++;
    OCTET_TRY(OCTET_NEW(ctx, arena, n + 1, &out->of));
    out->n = 0;
    out->prefix = prefix;
    for (left = text; left.n > 0;) {
        const bool is_indented = *left.at == ' ';
        octet_c_span_next_line(&left, &line);
        if (is_indented || line.n == 0 || !is_head(line)) continue;
        const size_t open = octet_c_span_find(line, "(");
        octet_c_span before = {line.at, open}, name = before;
        while (octet_c_span_next_name(&before, &name)) {}
        out->of[out->n++] = (octet_c_function){name, rest(line, open), take_body(&left)};
    }
    return OCTET_OK;
}

void octet_c_count_calls(const octet_c_functions *functions, const char *name, double times, octet_c_count *count) {
    const octet_c_known nothing = {.n = 0};
    counter c = {.functions = functions, .total = count, .reads = {{true, true}}};
    for (uint32_t i = 0; i < functions->n; i++)
        if (octet_c_span_is(functions->of[i].name, name))
            count_function(&c, &functions->of[i], functions->of[i].name, &nothing, times);
}
