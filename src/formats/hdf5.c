#define _GNU_SOURCE /* RLIMIT_AS, prctl */
#include "formats/hdf5.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/checked.h"
#include "formats/hdf5_stream.h"

/* libhdf5 crashes, loops and takes memory without end on damaged files (1.10.8: of 1000 random changes to the two files
 * of tests/fuzz/corpus/hdf5, 3 crash it and 1 loops), so it reads in a forked child whose memory and time are limited;
 * what it read comes back through a pipe and is checked like a file. A fork costs less than the library's own start. */

/* Of processor time, for a file of this size; by the clock it may take eight times as much. Real files take
 * milliseconds; a damaged one makes libhdf5 1.10 loop without end. */
static rlim_t max_seconds(size_t file_size) { return 5 + (rlim_t)(file_size >> 24); }

struct octet_hdf5 {
    octet_arena arena;
    octet_file file;     /* empty when opened from bytes */
    octet_bytes bytes;   /* the whole file */
    octet_buffer stream; /* texts and numbers that are not in the file as they are */
    const char *name;
    octet_hdf5_node root;
};

/* The last thing that the child sends. */
typedef struct verdict {
    uint64_t mark;
    uint64_t status;
    char message[OCTET_MESSAGE_SIZE];
} verdict;

#define VERDICT_MARK UINT64_C(0x746f63746574646e)

bool octet_hdf5_is(octet_bytes bytes) {
    static const uint8_t signature[8] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    for (size_t offset = 0; octet_bytes_inside(bytes, offset, 8); offset = offset == 0 ? 512 : 2 * offset)
        if (memcmp(bytes.data + offset, signature, 8) == 0) return true;
    return false;
}

static bool write_all(int fd, const void *data, size_t size) {
    const uint8_t *bytes = data;
    while (size > 0) {
        const ssize_t n = write(fd, bytes, size);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        bytes += n;
        size -= (size_t)n;
    }
    return true;
}

#if defined(__has_feature)
#define HAS_FEATURE(name) __has_feature(name)
#else
#define HAS_FEATURE(name) 0
#endif

/* Limits the child to what it holds already plus a gigabyte and a few times the file. */
static void limit_memory(size_t file_size) {
#if !defined(__SANITIZE_ADDRESS__) && !HAS_FEATURE(address_sanitizer) /* whose shadow memory is larger than any limit \
                                                                       */
    unsigned long long pages = 0;
    FILE *statm = fopen("/proc/self/statm", "r");
    if (statm == NULL) return;
    const int n = fscanf(statm, "%llu", &pages);
    fclose(statm);
    const rlim_t used = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
    const struct rlimit limit = {used + ((rlim_t)1 << 30) + 8 * (rlim_t)file_size, RLIM_INFINITY};
    if (n == 1) setrlimit(RLIMIT_AS, &limit);
#else
    (void)file_size;
#endif
}

static void restrict_child(size_t file_size) {
    static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGXCPU, SIGALRM, SIGTERM, SIGPIPE};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) signal(signals[i], SIG_DFL);
#if defined(__linux__)
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* nobody waits for it when the parent is gone */
#endif
    const rlim_t n_seconds = max_seconds(file_size);
    const struct rlimit no_core = {0, 0}, seconds = {n_seconds, n_seconds + 1};
    setrlimit(RLIMIT_CORE, &no_core);
    setrlimit(RLIMIT_CPU, &seconds);
    alarm((unsigned)(8 * n_seconds));
    limit_memory(file_size);
    const int null = open("/dev/null", O_RDWR);
    if (null >= 0) { /* the C library reports a corrupt heap on stderr */
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
    }
}

static _Noreturn void run_child(octet_context *ctx, const char *path, const octet_hdf5 *hdf5, int fd) {
    restrict_child(hdf5->bytes.size);
    octet_buffer stream = {.max_size = ctx->max_memory_bytes};
    octet_context_clear(ctx);
    octet_hdf5_read_stream(ctx, path, hdf5->bytes, hdf5->name, &stream);
    verdict end = {.mark = VERDICT_MARK, .status = (uint64_t)ctx->status};
    memcpy(end.message, ctx->message, sizeof end.message);
    const bool sent =
        (ctx->status != OCTET_OK || write_all(fd, stream.data, stream.size)) && write_all(fd, &end, sizeof end);
    _exit(sent ? 0 : 1);
}

static octet_status receive(octet_context *ctx, int fd, octet_buffer *stream) {
    for (size_t piece = 1 << 16;;) {
        uint8_t *place;
        OCTET_TRY(octet_buffer_extend(ctx, stream, piece, &place));
        ssize_t n;
        do n = read(fd, place, piece);
        while (n < 0 && errno == EINTR);
        stream->size = stream->size - piece + (n > 0 ? (size_t)n : 0);
        OCTET_CHECK(ctx, n >= 0, OCTET_IO, "the process that reads HDF5 cannot be heard: %s", strerror(errno));
        if (n == 0) return OCTET_OK;
    }
}

/* Splits the verdict from the end of the stream. */
static octet_status judge(octet_context *ctx, octet_hdf5 *hdf5, int wait_status) {
    verdict end;
    if (hdf5->stream.size >= sizeof end) {
        memcpy(&end, hdf5->stream.data + hdf5->stream.size - sizeof end, sizeof end);
        if (end.mark == VERDICT_MARK) {
            hdf5->stream.size -= sizeof end;
            if (end.status == OCTET_OK) return OCTET_OK;
            end.message[sizeof end.message - 1] = '\0';
            const octet_status status = end.status <= OCTET_INTERNAL ? (octet_status)end.status : OCTET_FORMAT;
            return octet_context_fail(ctx, status, "%s", end.message);
        }
    }
    const int number = WIFSIGNALED(wait_status) ? WTERMSIG(wait_status) : 0;
    OCTET_CHECK(ctx, number != SIGXCPU && number != SIGALRM && number != SIGKILL, OCTET_LIMIT,
                "%s: the HDF5 library does not come to an end with it: the file is corrupt", hdf5->name);
    return octet_context_fail(ctx, OCTET_FORMAT, "%s: the HDF5 library fails on it (signal %d): the file is corrupt",
                              hdf5->name, number);
}

static octet_status read_in_child(octet_context *ctx, const char *path, octet_hdf5 *hdf5) {
    int fds[2];
    OCTET_CHECK(ctx, pipe(fds) == 0, OCTET_IO, "%s: no pipe can be opened to read it: %s", hdf5->name, strerror(errno));
    const pid_t child = fork();
    if (child == 0) {
        close(fds[0]);
        run_child(ctx, path, hdf5, fds[1]);
    }
    const int fork_error = errno;
    close(fds[1]);
    octet_status status = OCTET_OK;
    int wait_status = 0;
    if (child < 0) {
        status = octet_context_fail(ctx, OCTET_IO, "%s: no process can be started to read it: %s", hdf5->name,
                                    strerror(fork_error));
    } else {
        hdf5->stream.max_size = ctx->max_memory_bytes;
        status = receive(ctx, fds[0], &hdf5->stream);
        if (status != OCTET_OK) kill(child, SIGKILL);
        while (waitpid(child, &wait_status, 0) < 0 && errno == EINTR) continue;
    }
    close(fds[0]);
    OCTET_TRY(status);
    return judge(ctx, hdf5, wait_status);
}

/* Parsing the stream. A child that went astray before it ended may have sent anything. */

typedef struct parser {
    octet_context *ctx;
    octet_hdf5 *hdf5;
    octet_bytes stream;
    size_t offset;
    uint32_t depth;
} parser;

static octet_status broken(const parser *p) {
    return octet_context_fail(p->ctx, OCTET_FORMAT,
                              "%s: the HDF5 library reads nonsense from it (at %zu): the file is corrupt",
                              p->hdf5->name, p->offset);
}

static octet_status take_word(parser *p, uint64_t max, uint64_t *out) {
    *out = 0;
    if (!octet_bytes_inside(p->stream, p->offset, 8)) return broken(p);
    memcpy(out, p->stream.data + p->offset, 8);
    if (*out > max) return broken(p);
    p->offset += 8;
    return OCTET_OK;
}

/* A count of items that take at least `size` bytes each. */
static octet_status take_count(parser *p, size_t size, size_t *out) {
    uint64_t word;
    *out = 0;
    OCTET_TRY(take_word(p, UINT64_MAX, &word));
    if (word > (p->stream.size - p->offset) / size) return broken(p);
    *out = (size_t)word;
    return OCTET_OK;
}

static octet_status take_text(parser *p, const char **out) {
    size_t length;
    OCTET_TRY(take_count(p, 1, &length));
    const size_t padded = (length & ~(size_t)7) + 8;
    if (!octet_bytes_inside(p->stream, p->offset, padded) || p->stream.data[p->offset + length] != 0) return broken(p);
    *out = (const char *)p->stream.data + p->offset;
    p->offset += padded;
    return OCTET_OK;
}

static octet_status take_strings(parser *p, const char *const **out, size_t *n) {
    OCTET_TRY(take_count(p, 16, n));
    const char **strings = NULL;
    OCTET_TRY(OCTET_NEW(p->ctx, &p->hdf5->arena, *n, &strings));
    for (size_t i = 0; i < *n; i++) OCTET_TRY(take_text(p, &strings[i]));
    *out = strings;
    return OCTET_OK;
}

static octet_status take_attribute(parser *p, octet_hdf5_attribute *out) {
    uint64_t word;
    OCTET_TRY(take_text(p, &out->name));
    OCTET_TRY(take_word(p, OCTET_HDF5_OTHER, &word));
    out->kind = (octet_hdf5_kind)word;
    OCTET_TRY(take_word(p, 1, &word));
    out->is_scalar = word != 0;
    if (out->kind == OCTET_HDF5_STRINGS) return take_strings(p, &out->strings, &out->n);
    OCTET_TRY(take_count(p, 8, &out->n));
    if (out->kind == OCTET_HDF5_OTHER && out->n != 0) return broken(p);
    out->numbers = (const double *)(const void *)(p->stream.data + p->offset);
    p->offset += 8 * out->n;
    return OCTET_OK;
}

static octet_status take_attributes(parser *p, octet_hdf5_node *node) {
    octet_hdf5_attribute *attributes = NULL;
    OCTET_TRY(take_count(p, 32, &node->n_attributes));
    OCTET_TRY(OCTET_NEW(p->ctx, &p->hdf5->arena, node->n_attributes, &attributes));
    node->attributes = attributes;
    for (size_t i = 0; i < node->n_attributes; i++) OCTET_TRY(take_attribute(p, &attributes[i]));
    return OCTET_OK;
}

static octet_status take_numbers(parser *p, octet_hdf5_node *node) {
    uint64_t n, place;
    OCTET_TRY(take_word(p, SIZE_MAX / 8, &n));
    node->n_elements = (size_t)n;
    if (node->kind == OCTET_HDF5_OTHER) return n == 0 ? OCTET_OK : broken(p);
    OCTET_TRY(take_word(p, UINT64_MAX, &place));
    const octet_bytes bytes = place != 0 ? p->hdf5->bytes : p->stream;
    const size_t offset = place != 0 ? (size_t)place - 1 : p->offset;
    if (offset % 4 != 0 || offset > bytes.size || n > (bytes.size - offset) / 4) return broken(p);
    node->data = (const float *)(const void *)(bytes.data + offset);
    if (place == 0) p->offset += ((size_t)n * 4 + 7) & ~(size_t)7;
    return OCTET_OK;
}

static octet_status take_dataset(parser *p, octet_hdf5_node *node) {
    uint64_t word;
    OCTET_TRY(take_word(p, OCTET_HDF5_OTHER, &word));
    node->kind = (octet_hdf5_kind)word;
    OCTET_TRY(take_word(p, OCTET_HDF5_MAX_RANK, &word));
    node->rank = (int32_t)word;
    int64_t n = 1;
    for (int32_t i = 0; i < node->rank; i++) {
        OCTET_TRY(take_word(p, INT64_MAX, &word));
        node->dims[i] = (int64_t)word;
        if (!octet_multiply_i64(n, node->dims[i], &n)) return broken(p);
    }
    if (node->kind == OCTET_HDF5_STRINGS) OCTET_TRY(take_strings(p, &node->strings, &node->n_elements));
    else OCTET_TRY(take_numbers(p, node));
    if (node->kind != OCTET_HDF5_OTHER && node->n_elements != (uint64_t)n) return broken(p);
    return OCTET_OK;
}

static octet_status take_node(parser *p, const octet_hdf5_node *parent, octet_hdf5_node *node);

static octet_status take_children(parser *p, octet_hdf5_node *node) {
    OCTET_TRY(take_count(p, 48, &node->n_children));
    const octet_hdf5_node **children = NULL;
    octet_hdf5_node *nodes = NULL;
    OCTET_TRY(OCTET_NEW(p->ctx, &p->hdf5->arena, node->n_children, &children));
    OCTET_TRY(OCTET_NEW(p->ctx, &p->hdf5->arena, node->n_children, &nodes));
    node->children = children;
    if (++p->depth > p->ctx->max_depth + 1) return broken(p);
    for (size_t i = 0; i < node->n_children; i++) {
        children[i] = &nodes[i];
        OCTET_TRY(take_node(p, node, &nodes[i]));
    }
    p->depth--;
    return OCTET_OK;
}

static octet_status take_node(parser *p, const octet_hdf5_node *parent, octet_hdf5_node *node) {
    uint64_t is_dataset;
    node->parent = parent;
    OCTET_TRY(take_text(p, &node->name));
    node->path = "/";
    if (parent != NULL)
        OCTET_TRY(octet_arena_format(p->ctx, &p->hdf5->arena, &node->path, "%s/%s",
                                     parent->parent != NULL ? parent->path : "", node->name));
    OCTET_TRY(take_word(p, 1, &is_dataset));
    node->is_dataset = is_dataset != 0;
    if (node->is_dataset) OCTET_TRY(take_dataset(p, node));
    OCTET_TRY(take_attributes(p, node));
    return take_children(p, node);
}

static octet_status open_hdf5(octet_context *ctx, const char *path, octet_bytes bytes, const char *name,
                              octet_hdf5 *hdf5) {
    OCTET_TRY(octet_arena_string(ctx, &hdf5->arena, name, &hdf5->name));
    hdf5->bytes = bytes;
    if (path != NULL) {
        OCTET_TRY(octet_file_open(ctx, path, &hdf5->file));
        hdf5->bytes = hdf5->file.bytes;
    }
    OCTET_CHECK(ctx, octet_hdf5_is(hdf5->bytes), OCTET_FORMAT,
                "%s: %zu bytes without HDF5's signature: not an HDF5 file", name, hdf5->bytes.size);
    OCTET_TRY(read_in_child(ctx, path, hdf5));
    parser p = {.ctx = ctx, .hdf5 = hdf5, .stream = {hdf5->stream.data, hdf5->stream.size}};
    OCTET_TRY(take_node(&p, NULL, &hdf5->root));
    return hdf5->root.is_dataset || p.offset != p.stream.size ? broken(&p) : OCTET_OK;
}

static octet_status create(octet_context *ctx, const char *path, octet_bytes bytes, const char *name,
                           octet_hdf5 **out) {
    *out = NULL;
    octet_hdf5 *hdf5 = NULL;
    OCTET_TRY(octet_memory_allocate(ctx, sizeof *hdf5, (void **)&hdf5));
    *hdf5 = (octet_hdf5){0};
    const octet_status status = open_hdf5(ctx, path, bytes, name, hdf5);
    if (status == OCTET_OK) *out = hdf5;
    else octet_hdf5_close(ctx, hdf5);
    return status;
}

octet_status octet_hdf5_open(octet_context *ctx, const char *path, octet_hdf5 **out) {
    return create(ctx, path, (octet_bytes){0}, path, out);
}

octet_status octet_hdf5_open_bytes(octet_context *ctx, octet_bytes bytes, const char *name, octet_hdf5 **out) {
    return create(ctx, NULL, bytes, name, out);
}

void octet_hdf5_close(octet_context *ctx, octet_hdf5 *hdf5) {
    if (hdf5 == NULL) return;
    octet_buffer_free(ctx, &hdf5->stream);
    octet_file_close(&hdf5->file);
    octet_arena_free(ctx, &hdf5->arena);
    octet_memory_free(ctx, hdf5);
}

const char *octet_hdf5_name(const octet_hdf5 *hdf5) { return hdf5->name; }
const octet_hdf5_node *octet_hdf5_root(const octet_hdf5 *hdf5) { return &hdf5->root; }

static const octet_hdf5_node *child_of(const octet_hdf5_node *node, const char *name, size_t length) {
    for (size_t i = 0; i < node->n_children; i++) {
        const octet_hdf5_node *child = node->children[i];
        if (strncmp(child->name, name, length) == 0 && child->name[length] == '\0') return child;
    }
    return NULL;
}

const octet_hdf5_node *octet_hdf5_find(const octet_hdf5 *hdf5, const octet_hdf5_node *from, const char *path) {
    const octet_hdf5_node *node = from != NULL ? from : &hdf5->root;
    while (node != NULL && *path != '\0') {
        const size_t length = strcspn(path, "/");
        if (length > 0) node = child_of(node, path, length);
        path += length + (path[length] == '/');
    }
    return node;
}

const octet_hdf5_attribute *octet_hdf5_attribute_of(const octet_hdf5_node *node, const char *name) {
    for (size_t i = 0; i < node->n_attributes; i++)
        if (strcmp(node->attributes[i].name, name) == 0) return &node->attributes[i];
    return NULL;
}

/* Piece number `index` of an attribute that Keras cut; 0 is also the attribute itself, if it was not cut. */
static octet_status piece_of(octet_context *ctx, const octet_hdf5 *hdf5, const octet_hdf5_node *node, const char *name,
                             unsigned index, const octet_hdf5_attribute **out, bool *is_whole) {
    char numbered[256];
    snprintf(numbered, sizeof numbered, "%s%u", name, index);
    *out = index == 0 ? octet_hdf5_attribute_of(node, name) : NULL;
    *is_whole = *out != NULL;
    if (*out == NULL) *out = octet_hdf5_attribute_of(node, numbered);
    /* numpy makes an empty list one of float64. */
    OCTET_CHECK(ctx, *out == NULL || (*out)->kind == OCTET_HDF5_STRINGS || (*out)->n == 0, OCTET_FORMAT,
                "%s:%s: attribute %s holds no strings", hdf5->name, node->path, (*out)->name);
    return OCTET_OK;
}

octet_status octet_hdf5_strings(octet_context *ctx, const octet_hdf5 *hdf5, octet_arena *arena,
                                const octet_hdf5_node *node, const char *name, const char *const **strings, size_t *n) {
    const octet_hdf5_attribute *piece;
    bool is_whole;
    *strings = NULL;
    *n = 0;
    OCTET_TRY(piece_of(ctx, hdf5, node, name, 0, &piece, &is_whole));
    if (is_whole) {
        *strings = piece->strings;
        *n = piece->kind == OCTET_HDF5_STRINGS ? piece->n : 0;
        return OCTET_OK;
    }
    size_t total = 0;
    unsigned n_pieces = 0;
    while (piece != NULL) {
        total += piece->n;
        OCTET_TRY(piece_of(ctx, hdf5, node, name, ++n_pieces, &piece, &is_whole));
    }
    if (n_pieces == 0) return OCTET_OK;
    const char **joined = NULL;
    OCTET_TRY(OCTET_NEW(ctx, arena, total, &joined));
    for (unsigned i = 0; i < n_pieces; i++) {
        OCTET_TRY(piece_of(ctx, hdf5, node, name, i, &piece, &is_whole));
        for (size_t j = 0; j < piece->n; j++) joined[(*n)++] = piece->strings[j];
    }
    *strings = joined;
    return OCTET_OK;
}

octet_status octet_hdf5_text(octet_context *ctx, const octet_hdf5 *hdf5, octet_arena *arena,
                             const octet_hdf5_node *node, const char *name, const char **text) {
    const char *const *strings;
    size_t n, length = 0;
    *text = NULL;
    OCTET_TRY(octet_hdf5_strings(ctx, hdf5, arena, node, name, &strings, &n));
    if (n == 1) *text = strings[0];
    if (n <= 1) return OCTET_OK;
    for (size_t i = 0; i < n; i++) length += strlen(strings[i]);
    char *joined;
    OCTET_TRY(OCTET_NEW(ctx, arena, length + 1, &joined));
    *text = joined;
    for (size_t i = 0; i < n; i++) {
        const size_t size = strlen(strings[i]);
        memcpy(joined, strings[i], size);
        joined += size;
    }
    return OCTET_OK;
}
