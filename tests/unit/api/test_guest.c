/* The library in a host program that has a locale, a umask, children and signal handlers of its own. */
#include "support/fixture.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <octet/octet.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/wait.h>

static const char h5[] = OCTET_EXAMPLES "/mnist/mnist_fc_k2.h5", mnist[] = OCTET_EXAMPLES "/mnist";

static octet_context *ctx;

static void good(octet_status status) {
    if (status != OCTET_OK) fail_msg("%s: %s", octet_error_name(status), octet_context_message(ctx));
}

static octet_model *load(const char *path) {
    octet_model *model = NULL;
    good(octet_model_load(ctx, path, NULL, &model));
    return model;
}

static int begin(void **state) {
    (void)state;
    return octet_context_create(&ctx) == OCTET_OK ? 0 : 1;
}

static int end(void **state) {
    (void)state;
    octet_context_destroy(ctx);
    return 0;
}

/* ---- Locale ---- */

/* Sets German with a comma in numbers; false where the system cannot make it. */
static bool speak_german(void) {
    char command[512];
    const char *folder = fixture_path("locales");
    assert_int_equal(mkdir(folder, 0777), 0);
    snprintf(command, sizeof command, "localedef -i de_DE -f ISO-8859-1 %s/de_DE.ISO-8859-1 >%s.log 2>&1", folder,
             folder);
    const int made = system(command);
    setenv("LOCPATH", folder, 1);
    const bool speaks = made == 0 && setlocale(LC_ALL, "de_DE.ISO-8859-1") != NULL;
    if (!speaks) puts("skipped: localedef makes no de_DE.ISO-8859-1 here");
    return speaks;
}

/* 0,333 or 12,5, not the 10,000 of a count. */
static bool has_decimal_comma(const char *text) {
    for (const char *comma = strchr(text, ','); comma != NULL; comma = strchr(comma + 1, ',')) {
        const size_t n_digits = strspn(comma + 1, "0123456789");
        if (comma > text && isdigit((unsigned char)comma[-1]) && n_digits > 0 && n_digits != 3) return true;
    }
    return false;
}

/* Everything that is printed or written of a job, one after the other. */
static size_t describe_job(char *all, size_t size) {
    octet_model *model = load(h5), *quantized = NULL;
    octet_data *data = NULL;
    octet_verdict *verdict = NULL;
    octet_evaluation *evaluation = NULL;
    octet_open_options open = OCTET_OPEN_OPTIONS_INIT;
    octet_conversion conversion = OCTET_CONVERSION_INIT;
    octet_run_options run = OCTET_RUN_OPTIONS_INIT;
    size_t used = 0, n_bytes;
    void *bytes;
    open.path = mnist;
    conversion.n_samples = 20;
    run.limit = 20;
    good(octet_data_open(ctx, &open, &data));
    good(octet_model_quantize(ctx, model, data, &conversion, &quantized, NULL));
    good(octet_compare(ctx, model, quantized, data, NULL, &run, &verdict));
    good(octet_evaluate(ctx, quantized, data, &run, &evaluation));
    for (int as = 0; as < 2; as++) {
        char *texts[6];
        bool runs;
        good(octet_model_summary(ctx, model, (octet_rendering)as, &texts[0]));
        good(octet_model_inspect(ctx, quantized, (octet_rendering)as, &texts[1]));
        good(octet_model_check(ctx, quantized, NULL, (octet_rendering)as, &runs, &texts[2]));
        good(octet_verdict_render(ctx, verdict, "x", (octet_rendering)as, &texts[3]));
        good(octet_evaluation_render(ctx, evaluation, true, (octet_rendering)as, &texts[4]));
        good(octet_model_bench(ctx, quantized, 0.001, NULL, (octet_rendering)as, &texts[5]));
        for (int i = 0; i < 6; i++) {
            assert_false(i > 2 && has_decimal_comma(texts[i]));
            if (i < 3) used += (size_t)snprintf(all + used, size - used, "%s", texts[i]);
            octet_text_free(ctx, texts[i]);
        }
    }
    good(octet_model_write_bytes(ctx, quantized, &bytes, &n_bytes));
    assert_true(used + n_bytes <= size);
    memcpy(all + used, bytes, n_bytes);
    octet_bytes_free(ctx, bytes);
    octet_evaluation_destroy(ctx, evaluation);
    octet_verdict_destroy(ctx, verdict);
    octet_data_close(ctx, data);
    octet_model_destroy(ctx, quantized);
    octet_model_destroy(ctx, model);
    return used + n_bytes;
}

static void no_locale_changes_a_text(void **state) {
    (void)state;
    enum { SIZE = 1 << 20 };
    char *here = calloc(1, SIZE), *german = calloc(1, SIZE), number[8];
    octet_model *none = NULL;
    assert_true(here != NULL && german != NULL);
    const size_t n = describe_job(here, SIZE);
    if (speak_german()) {
        snprintf(number, sizeof number, "%.1f", 0.5);
        assert_string_equal(number, "0,5");
        assert_int_equal(describe_job(german, SIZE), n);
        assert_memory_equal(here, german, n);
        assert_int_equal(octet_model_load(ctx, "/nowhere", NULL, &none), OCTET_IO);
        assert_string_equal(octet_context_message(ctx), "/nowhere: cannot be opened: No such file or directory");
        snprintf(number, sizeof number, "%.1f", 0.5); /* the host still speaks it */
        assert_string_equal(number, "0,5");
        setlocale(LC_ALL, "C");
    }
    free(here);
    free(german);
}

/* ---- umask ---- */

static atomic_bool is_over;

static void *create_files(void *n_wrong) {
    const char *path = fixture_path("private");
    struct stat info;
    for (int i = 0; i < 200 || !atomic_load(&is_over); i++) {
        unlink(path);
        const int fd = open(path, O_CREAT | O_WRONLY, 0666);
        if (fd < 0 || fstat(fd, &info) != 0 || (info.st_mode & 0777) != 0600) ++*(int *)n_wrong;
        close(fd);
    }
    return NULL;
}

static void files_of_other_threads_keep_their_umask(void **state) {
    (void)state;
    octet_model *model = load(OCTET_EXAMPLES "/mnist/mnist_fc_k2.h5");
    const mode_t before = umask(077);
    const char *path = fixture_path("out.tflite");
    struct stat info;
    pthread_t other;
    int n_wrong = 0;
    atomic_store(&is_over, false);
    assert_int_equal(pthread_create(&other, NULL, create_files, &n_wrong), 0);
    for (int i = 0; i < 100; i++) {
        unlink(path);
        good(octet_model_write(ctx, model, path));
        assert_int_equal(stat(path, &info), 0);
        assert_int_equal(info.st_mode & 0777, 0600);
    }
    atomic_store(&is_over, true);
    pthread_join(other, NULL);
    assert_int_equal(n_wrong, 0);
    assert_int_equal(umask(before), 077);
    octet_model_destroy(ctx, model);
}

/* ---- Children and signals ---- */

static atomic_int n_collected;

static void collect_all(int number) {
    (void)number;
    const int kept = errno;
    while (waitpid(-1, NULL, WNOHANG) > 0) atomic_fetch_add(&n_collected, 1);
    errno = kept;
}

static void children_of_the_host_are_its_own(void **state) {
    (void)state;
    const pid_t child = fork();
    if (child == 0) _exit(7);
    octet_model_destroy(ctx, load(h5));
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    assert_int_equal(waitpid(-1, &status, WNOHANG), -1); /* and the library leaves none */
    assert_int_equal(errno, ECHILD);
    struct sigaction collect = {.sa_handler = collect_all}, before;
    assert_int_equal(sigaction(SIGCHLD, &collect, &before), 0);
    for (int i = 0; i < 10; i++) octet_model_destroy(ctx, load(h5));
    signal(SIGCHLD, SIG_IGN);
    for (int i = 0; i < 3; i++) octet_model_destroy(ctx, load(h5));
    octet_model *none = NULL;
    const char *damaged = fixture_write("damaged.h5", "\x89HDF\r\n\x1a\n12345678", 16);
    assert_int_equal(octet_model_load(ctx, damaged, NULL, &none), OCTET_FORMAT); /* the verdict comes all the same */
    assert_non_null(strstr(octet_context_message(ctx), "truncated or corrupt"));
    sigaction(SIGCHLD, &before, NULL);
}

/* Children that never run another program hold all that was open when they were made. */
static void *make_children(void *children) {
    pid_t *child = children;
    while (!atomic_load(&is_over)) {
        const struct timespec soon = {0, 200000};
        nanosleep(&soon, NULL);
        if (*child != 0 || (*child++ = fork()) != 0) continue;
        for (;;) pause();
    }
    return NULL;
}

static void nobody_waits_for_what_children_inherit(void **state) {
    (void)state;
    enum { MOST = 4000 };
    static pid_t children[MOST + 1];
    children[MOST] = -1;
    pthread_t other;
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NPROC, &limit), 0);
    atomic_store(&is_over, false);
    assert_int_equal(pthread_create(&other, NULL, make_children, children), 0);
    for (int i = 0; i < 10; i++) octet_model_destroy(ctx, load(h5));
    atomic_store(&is_over, true);
    pthread_join(other, NULL);
    for (int i = 0; i < MOST && children[i] > 0; i++) {
        kill(children[i], SIGKILL);
        waitpid(children[i], NULL, 0);
    }
}

static void the_state_of_the_process_is_as_before(void **state) {
    (void)state;
    struct sigaction before[32], after;
    sigset_t mask_before, mask_after, pending;
    char folder_before[4096], folder_after[4096];
    for (int i = 1; i < 32; i++) sigaction(i, NULL, &before[i]);
    pthread_sigmask(SIG_BLOCK, NULL, &mask_before);
    assert_non_null(getcwd(folder_before, sizeof folder_before));
    char *all = calloc(1, 1 << 20);
    describe_job(all, 1 << 20);
    free(all);
    octet_model *model = load(h5);
    good(octet_model_write(ctx, model, fixture_path("state.tflite")));
    octet_model_destroy(ctx, model);
    for (int i = 1; i < 32; i++) {
        sigaction(i, NULL, &after);
        assert_true(before[i].sa_handler == after.sa_handler);
    }
    pthread_sigmask(SIG_BLOCK, NULL, &mask_after);
    sigpending(&pending);
    for (int i = 1; i < 32; i++) {
        assert_int_equal(sigismember(&mask_before, i), sigismember(&mask_after, i));
        assert_int_equal(sigismember(&pending, i), 0);
    }
    assert_non_null(getcwd(folder_after, sizeof folder_after));
    assert_string_equal(folder_before, folder_after);
    assert_string_equal(setlocale(LC_ALL, NULL), "C");
}

/* ---- Files that change ---- */

static void a_model_stands_when_its_file_is_cut(void **state) {
    (void)state;
    const char *path = fixture_path("cut.tflite");
    octet_model *model = load(h5), *cut;
    octet_interpreter *interpreter = NULL;
    good(octet_model_write(ctx, model, path));
    octet_model_destroy(ctx, model);
    cut = load(path);
    assert_int_equal(truncate(path, 0), 0);
    good(octet_interpreter_create(ctx, cut, NULL, &interpreter));
    octet_interpreter_run(interpreter);
    octet_interpreter_destroy(ctx, interpreter);
    octet_model_destroy(ctx, cut);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(no_locale_changes_a_text),
        CASE(files_of_other_threads_keep_their_umask),
        CASE(children_of_the_host_are_its_own),
        CASE(nobody_waits_for_what_children_inherit),
        CASE(the_state_of_the_process_is_as_before),
        CASE(a_model_stands_when_its_file_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
