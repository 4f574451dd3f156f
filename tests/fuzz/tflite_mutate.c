#include "fuzz/tflite_mutate.h"

#include <string.h>

#include "fuzz/tflite_tree.h"
#include "graph/options.h"
#include "tflite/builtin.h"
#include "tflite/options.h"
#include "tflite/schema.h"

enum { MAX_TABLES = 4096, MAX_VECTOR = 1 << 14, MAX_DATA = 1 << 12 };

typedef struct mutation {
    octet_context ctx;
    octet_arena arena;
    mutate_random random;
    tree_table *root;
    tree_table *tables[MAX_TABLES]; /* all of the tree, once for each link to them */
    uint32_t n_tables;
    uint32_t counts[TREE_N_KINDS];
} mutation;

static void list_tables(mutation *m, tree_table *table) {
    if (m->n_tables == MAX_TABLES) return;
    m->tables[m->n_tables++] = table;
    m->counts[table->kind]++;
    for (int i = 0; i < TREE_MAX_FIELDS; i++)
        for (uint32_t j = 0; table->fields[i].tables != NULL && j < table->fields[i].n; j++)
            list_tables(m, table->fields[i].tables[j]);
}

static void list_tree(mutation *m) {
    m->n_tables = 0;
    memset(m->counts, 0, sizeof m->counts);
    list_tables(m, m->root);
}

/* One of a kind, or NULL where there is none. */
static tree_table *any_of(mutation *m, tree_kind kind) {
    uint32_t left = mutate_below(&m->random, m->counts[kind]);
    for (uint32_t i = 0; i < m->n_tables; i++)
        if (m->tables[i]->kind == kind && left-- == 0) return m->tables[i];
    return NULL;
}

/* Kinds are equally likely, so that the many tensors and buffers leave room for the rest. */
static tree_table *any_table(mutation *m) {
    tree_table *table = NULL;
    while (table == NULL) table = any_of(m, (tree_kind)mutate_below(&m->random, TREE_N_KINDS));
    return table;
}

static void *reserve(mutation *m, size_t size_bytes) {
    void *out = NULL;
    return octet_arena_allocate(&m->ctx, &m->arena, size_bytes, 16, &out) == OCTET_OK ? out : NULL;
}

static uint64_t real_bits(mutation *m, uint64_t old) {
    const uint32_t bits = (uint32_t)old;
    float value;
    uint32_t out;
    memcpy(&value, &bits, sizeof value);
    value = (float)mutate_real(&m->random, (double)value);
    memcpy(&out, &value, sizeof out);
    return out;
}

static uint64_t draw(mutation *m, tree_meaning meaning, uint64_t old) {
    mutate_random *random = &m->random;
    static const int32_t dims[] = {0, 1, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9, 12, 16, 17, 32, 64, 255, 1 << 16, -1};
    const uint32_t n_graphs = m->counts[TREE_SUBGRAPH] > 0 ? m->counts[TREE_SUBGRAPH] : 1;
    if (mutate_once_in(random, 16)) return mutate_next(random);
    switch (meaning) {
    case TREE_FLAG: return mutate_below(random, 2);
    case TREE_REAL: return real_bits(m, old);
    case TREE_BYTE: return mutate_next(random) & 0xff;
    case TREE_DIM: return (uint64_t)dims[mutate_below(random, sizeof dims / sizeof *dims)];
    case TREE_TENSOR_INDEX: return (uint64_t)mutate_below(random, m->counts[TREE_TENSOR] / n_graphs + 2) - 1;
    case TREE_CODE_INDEX: return mutate_below(random, m->counts[TREE_OPERATOR_CODE] + 1);
    case TREE_BUFFER_INDEX: return mutate_below(random, m->counts[TREE_BUFFER] + 1);
    case TREE_SUBGRAPH_INDEX: return mutate_below(random, n_graphs + 1);
    case TREE_BUILTIN: return mutate_below(random, OCTET_BUILTIN_STABLEHLO_CASE + 2);
    case TREE_TYPE: return mutate_below(random, 20);
    case TREE_SMALL: return mutate_below(random, 6);
    case TREE_ANY: break;
    }
    return (uint64_t)mutate_integer(random, (int64_t)old);
}

static uint64_t element_at(const tree_field *field, size_t size, uint32_t index) {
    uint64_t bits = 0;
    memcpy(&bits, field->data + index * size, size);
    return bits;
}

/* Another length: what is new repeats what was there. */
static void resize_numbers(mutation *m, tree_field *field, size_t size, uint32_t n) {
    uint8_t *data = n <= MAX_VECTOR ? reserve(m, n * size + 1) : NULL;
    if (data == NULL) return;
    for (size_t i = 0; i < n * size; i++) data[i] = field->n > 0 ? field->data[i % (field->n * size)] : 0;
    field->data = data;
    field->n = n;
}

static void change_numbers(mutation *m, tree_field *field, const tree_rule *rule) {
    mutate_random *random = &m->random;
    const size_t size = rule->size;
    const uint32_t at = mutate_below(random, field->n);
    if (field->n == 0 || mutate_once_in(random, 4)) {
        const uint32_t lengths[] = {field->n + 1,           field->n - (field->n > 0), field->n * 2, field->n / 2, 0,
                                    mutate_below(random, 9)};
        resize_numbers(m, field, size, lengths[mutate_below(random, 6)]);
    } else if (size == 1 && mutate_once_in(random, 2)) {
        LLVMFuzzerMutate(field->data, field->n, field->n);
    } else if (mutate_once_in(random, 3)) { /* two change places */
        const uint32_t other = mutate_below(random, field->n);
        const uint64_t a = element_at(field, size, at), b = element_at(field, size, other);
        memcpy(field->data + at * size, &b, size);
        memcpy(field->data + other * size, &a, size);
    } else {
        const uint64_t bits = draw(m, (tree_meaning)rule->meaning, element_at(field, size, at));
        memcpy(field->data + at * size, &bits, size);
    }
}

static void change_text(mutation *m, tree_field *field) {
    const tree_table *other = any_table(m);
    for (int i = 0; i < TREE_MAX_FIELDS; i++) {
        const tree_field *text = &other->fields[i];
        if (tree_rule_of(other->kind, i).form != TREE_TEXT || !text->is_present) continue;
        field->data = text->data;
        field->n = text->n;
        return;
    }
    if (field->n > 0) field->data[mutate_below(&m->random, field->n)] = (uint8_t)(1 + mutate_below(&m->random, 255));
}

static tree_table *copy_of(mutation *m, const tree_table *table) {
    tree_table *copy = reserve(m, sizeof *copy);
    if (copy != NULL) *copy = *table;
    return copy;
}

/* Adds `table`, or removes, doubles, exchanges or moves elements. */
static void insert_table(mutation *m, tree_field *field, tree_table *table) {
    tree_table **tables = reserve(m, (field->n + 1) * sizeof *tables);
    if (tables == NULL || table == NULL || field->n >= MAX_TABLES) return;
    if (field->n > 0) memcpy(tables, field->tables, field->n * sizeof *tables);
    tables[field->n] = table;
    field->tables = tables;
    field->n++;
}

static void change_tables(mutation *m, tree_field *field) {
    const uint32_t a = mutate_below(&m->random, field->n), b = mutate_below(&m->random, field->n);
    if (field->n == 0) return;
    tree_table *const first = field->tables[a];
    switch (mutate_below(&m->random, 4)) {
    case 0:
        memmove(field->tables + a, field->tables + a + 1, (field->n - a - 1) * sizeof *field->tables);
        field->n--;
        break;
    case 1: insert_table(m, field, copy_of(m, first)); break;
    default:
        field->tables[a] = field->tables[b];
        field->tables[b] = first;
        break;
    }
}

/* A field that was not there: a number, an empty vector, or what another table has in its place. */
static void add_field(mutation *m, tree_table *table, int number) {
    tree_field *field = &table->fields[number];
    const tree_rule rule = tree_rule_of(table->kind, number);
    const tree_table *other = any_of(m, table->kind);
    if (other != NULL && other->fields[number].is_present) {
        *field = other->fields[number];
        return;
    }
    *field = (tree_field){.is_present = true, .size = rule.size};
    if (rule.form == TREE_NUMBER) field->bits = draw(m, (tree_meaning)rule.meaning, 0);
    if (rule.form == TREE_TABLE) {
        tree_table *inner = reserve(m, sizeof *inner);
        field->tables = reserve(m, sizeof *field->tables);
        field->is_present = inner != NULL && field->tables != NULL;
        if (!field->is_present) return;
        inner->kind = tree_kind_at(table, number);
        field->tables[0] = inner;
        field->n = 1;
    }
    if (rule.form == TREE_TEXT || rule.form == TREE_NUMBERS) field->data = reserve(m, 16);
    if (rule.form == TREE_TEXT || rule.form == TREE_NUMBERS) field->is_present = field->data != NULL;
}

static void change_field(mutation *m, tree_table *table) {
    int number;
    do number = (int)mutate_below(&m->random, TREE_MAX_FIELDS);
    while (tree_rule_of(table->kind, number).form == TREE_NONE);
    tree_field *field = &table->fields[number];
    const tree_rule rule = tree_rule_of(table->kind, number);
    if (!field->is_present) {
        add_field(m, table, number);
    } else if (mutate_once_in(&m->random, 12)) {
        *field = (tree_field){0};
    } else if (rule.form == TREE_NUMBER) {
        const bool is_real = table->kind == TREE_OPTIONS && mutate_once_in(&m->random, 3);
        field->bits = is_real ? real_bits(m, field->bits) : draw(m, (tree_meaning)rule.meaning, field->bits);
    } else if (rule.form == TREE_NUMBERS) {
        change_numbers(m, field, &rule);
    } else if (rule.form == TREE_TEXT) {
        change_text(m, field);
    } else if (rule.form == TREE_TABLES) {
        change_tables(m, field);
    }
}

static void set_number(tree_table *table, int number, uint8_t size, uint64_t bits) {
    table->fields[number] = (tree_field){.is_present = true, .size = size, .bits = bits};
}

/* The place of an operator in the list of codes, which grows by it. */
static uint32_t code_index(mutation *m, octet_operator_code code) {
    tree_field *codes = &m->root->fields[OCTET_TFLITE_MODEL_OPERATOR_CODES];
    const octet_builtin builtin = octet_builtin_of(code);
    const char *custom = octet_builtin_custom_code(code);
    tree_table *row = reserve(m, sizeof *row);
    if (row == NULL) return 0;
    row->kind = TREE_OPERATOR_CODE;
    const int low = (int)builtin < OCTET_BUILTIN_PLACEHOLDER ? (int)builtin : OCTET_BUILTIN_PLACEHOLDER;
    set_number(row, OCTET_TFLITE_OPERATOR_CODE_DEPRECATED_BUILTIN, 1, (uint64_t)low);
    set_number(row, OCTET_TFLITE_OPERATOR_CODE_BUILTIN, 4, (uint64_t)builtin);
    set_number(row, OCTET_TFLITE_OPERATOR_CODE_VERSION, 4, 1);
    if (custom != NULL) {
        void *data = NULL;
        if (octet_arena_copy(&m->ctx, &m->arena, custom, strlen(custom) + 1, &data) != OCTET_OK) return 0;
        row->fields[OCTET_TFLITE_OPERATOR_CODE_CUSTOM] =
            (tree_field){.is_present = true, .n = (uint32_t)strlen(custom), .data = data};
    }
    codes->is_present = true;
    insert_table(m, codes, row);
    return codes->n - 1;
}

/* An operator becomes another one, with options as that one has them. */
static void become_other(mutation *m) {
    tree_table *op = any_of(m, TREE_OPERATOR), *options = reserve(m, sizeof *options);
    const octet_operator_code code = (octet_operator_code)mutate_below(&m->random, OCTET_N_OPERATORS);
    if (op == NULL || options == NULL) return;
    const octet_tflite_options place = octet_tflite_options_of(code);
    const octet_option_list list = octet_options_of(code);
    set_number(op, OCTET_TFLITE_OPERATOR_OPCODE_INDEX, 4, code_index(m, code));
    set_number(op, OCTET_TFLITE_OPERATOR_BUILTIN_OPTIONS_TYPE, 1, place.type);
    options->kind = tree_kind_at(op, OCTET_TFLITE_OPERATOR_BUILTIN_OPTIONS);
    for (uint32_t i = 0; options->kind == TREE_OPTIONS && i < list.n && place.first_field + i < TREE_MAX_FIELDS; i++) {
        const octet_option *option = &list.items[i];
        uint64_t bits = mutate_below(&m->random, 3);
        if (option->kind == OCTET_OPTION_I32) bits = (uint64_t)(option->minimum > 0) + bits;
        if (option->kind == OCTET_OPTION_F32) bits = real_bits(m, 0x3f000000);
        set_number(options, (int)(place.first_field + i), 4, bits);
    }
    tree_field *field = &op->fields[OCTET_TFLITE_OPERATOR_BUILTIN_OPTIONS];
    *field = (tree_field){0};
    field->tables = reserve(m, sizeof *field->tables);
    if (field->tables == NULL || place.type == 0) return;
    field->tables[0] = options;
    field->n = 1;
    field->is_present = true;
}

static tree_table *tensor_at(mutation *m, const tree_field *list, uint32_t index) {
    int32_t number;
    memcpy(&number, list->data + index * sizeof number, sizeof number);
    const tree_field *tensors = &m->root->fields[OCTET_TFLITE_MODEL_SUBGRAPHS];
    if (tensors->n == 0) return NULL;
    tensors = &tensors->tables[0]->fields[OCTET_TFLITE_SUBGRAPH_TENSORS];
    return number >= 0 && (uint32_t)number < tensors->n ? tensors->tables[number] : NULL;
}

/* Data as long as the shape of a constant asks for. */
static void fit_data(mutation *m, const tree_table *tensor, size_t element_size) {
    const tree_field *buffers = &m->root->fields[OCTET_TFLITE_MODEL_BUFFERS],
                     *shape = &tensor->fields[OCTET_TFLITE_TENSOR_SHAPE];
    const uint64_t index = tensor->fields[OCTET_TFLITE_TENSOR_BUFFER].bits;
    if (index == 0 || index >= buffers->n) return;
    tree_field *data = &buffers->tables[index]->fields[OCTET_TFLITE_BUFFER_DATA];
    size_t n = element_size;
    for (uint32_t i = 0; i < shape->n && n <= MAX_DATA; i++) n *= element_at(shape, 4, i);
    if (data->is_present && data->n > 0 && n <= MAX_DATA) resize_numbers(m, data, 1, (uint32_t)n);
}

/* All tensors of an operator, or of the whole graph, take one type; integers get a scale. */
static void retype(mutation *m) {
    static const struct {
        uint8_t type, size;
    } types[] = {{0, 4}, {1, 2}, {2, 4}, {3, 1}, {4, 8}, {6, 1}, {7, 2}, {9, 1}, {9, 1}, {17, 1}};
    const uint32_t choice = mutate_below(&m->random, sizeof types / sizeof *types);
    tree_table *op = any_of(m, TREE_OPERATOR), *quantization = any_of(m, TREE_QUANTIZATION);
    const int lists[] = {OCTET_TFLITE_OPERATOR_INPUTS, OCTET_TFLITE_OPERATOR_OUTPUTS};
    for (int side = 0; op != NULL && side < 2; side++) {
        const tree_field *list = &op->fields[lists[side]];
        for (uint32_t i = 0; list->is_present && i < list->n; i++) {
            tree_table *tensor = tensor_at(m, list, i);
            if (tensor == NULL || mutate_once_in(&m->random, 4)) continue;
            set_number(tensor, OCTET_TFLITE_TENSOR_TYPE, 1, types[choice].type);
            fit_data(m, tensor, types[choice].size);
            tree_field *field = &tensor->fields[OCTET_TFLITE_TENSOR_QUANTIZATION];
            tree_table **link = reserve(m, sizeof *link);
            if (link == NULL || field->is_present || quantization == NULL || types[choice].size > 2) continue;
            link[0] = quantization;
            *field = (tree_field){.is_present = true, .n = 1, .tables = link};
        }
    }
}

/* A dimension of a tensor, and the data of a constant with it. */
static void reshape(mutation *m) {
    tree_table *tensor = any_of(m, TREE_TENSOR);
    if (tensor == NULL) return;
    const tree_rule rule = tree_rule_of(TREE_TENSOR, OCTET_TFLITE_TENSOR_SHAPE);
    tree_field *shape = &tensor->fields[OCTET_TFLITE_TENSOR_SHAPE];
    if (!shape->is_present) return;
    change_numbers(m, shape, &rule);
    fit_data(m, tensor, tensor->fields[OCTET_TFLITE_TENSOR_TYPE].bits == 9 ? 1 : 4);
}

/* A table takes the fields of another of its kind; from: another file, or NULL for the same. */
static void graft(mutation *m, mutation *from) {
    tree_table *table = any_table(m);
    const tree_table *source = any_of(from, table->kind);
    if (source == NULL) return;
    if (table->kind == TREE_MODEL) { /* a whole vector instead */
        const int field = (int)mutate_below(&m->random, OCTET_TFLITE_MODEL_SIGNATURE_DEFS + 1);
        table->fields[field] = source->fields[field];
        return;
    }
    *table = *source;
}

static size_t write(mutation *m, uint8_t *out, size_t max_size) {
    octet_buffer buffer = {0};
    size_t size = 0;
    if (tree_write(&m->ctx, m->root, &buffer) == OCTET_OK && buffer.size <= max_size) {
        size = buffer.size;
        memcpy(out, buffer.data, size);
    }
    octet_buffer_free(&m->ctx, &buffer);
    octet_arena_free(&m->ctx, &m->arena);
    return size;
}

static bool begin(mutation *m, const uint8_t *data, size_t size, unsigned int seed) {
    octet_context_init(&m->ctx);
    m->arena = (octet_arena){0};
    m->random = mutate_seed(seed);
    if (tree_read(&m->ctx, &m->arena, (octet_bytes){data, size}, &m->root) != OCTET_OK) {
        octet_arena_free(&m->ctx, &m->arena);
        return false;
    }
    list_tree(m);
    return true;
}

size_t mutate_tflite(uint8_t *data, size_t size, size_t max_size, unsigned int seed) {
    static mutation m;
    if (!begin(&m, data, size, seed)) return LLVMFuzzerMutate(data, size, max_size);
    for (uint32_t left = 1 + mutate_below(&m.random, 4); left > 0; left--) {
        const uint32_t what = mutate_below(&m.random, 10);
        if (what == 0) become_other(&m);
        else if (what == 1) retype(&m);
        else if (what == 2) reshape(&m);
        else if (what == 3) graft(&m, &m);
        else change_field(&m, any_table(&m));
        list_tree(&m);
    }
    const size_t written = write(&m, data, max_size);
    if (written == 0 || mutate_once_in(&m.random, 8))
        return LLVMFuzzerMutate(data, written > 0 ? written : size, max_size);
    return written;
}

size_t mutate_tflite_cross(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2, uint8_t *out,
                           size_t max_size, unsigned int seed) {
    static mutation m, other;
    if (!begin(&m, data1, size1, seed)) return 0;
    if (!begin(&other, data2, size2, seed + 1)) {
        octet_arena_free(&m.ctx, &m.arena);
        return 0;
    }
    for (uint32_t left = 1 + mutate_below(&m.random, 4); left > 0; left--) {
        graft(&m, &other);
        list_tree(&m);
    }
    const size_t written = write(&m, out, max_size);
    octet_arena_free(&other.ctx, &other.arena);
    return written;
}
