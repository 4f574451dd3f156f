/* `-` as the name of a file to write: it is written to a temporary folder, and copied to standard output when the
 * command has ended well. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"

static char folder[PATH_MAX], file[PATH_MAX + 8];

static void clear(void) {
    unlink(file);
    rmdir(folder);
}

static void clear_and_end(int signal_number) {
    clear();
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

static bool make_folder(const struct command *self) {
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    const char *parent = getenv("TMPDIR");
    if (parent == NULL || parent[0] == '\0') parent = "/tmp";
    if (snprintf(folder, sizeof folder, "%s/octet-XXXXXX", parent) >= (int)sizeof folder || mkdtemp(folder) == NULL) {
        complain(0, "%s: %s: no temporary folder can be made there (TMPDIR): %s", self->name, parent, strerror(errno));
        folder[0] = '\0';
        return false;
    }
    snprintf(file, sizeof file, "%s/output", folder);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (signal(signals[i], clear_and_end) == SIG_IGN) signal(signals[i], SIG_IGN);
    return true;
}

int take_output(const struct command *self, const struct common *settings, const char *option, const char **path,
                bool is_text) {
    if (*path == NULL || strcmp(*path, "-") != 0) return EXIT_YES;
    complain_about(option, "-");
    if (folder[0] != '\0')
        return complain(EXIT_USAGE, "%s: %s -: standard output is taken already", self->name, option);
    if (settings->json || settings->csv)
        return complain(EXIT_USAGE, "%s: %s -: %s goes to standard output too: name a file for one of them", self->name,
                        option, settings->json ? "--json" : "--csv");
    if (!is_text && isatty(STDOUT_FILENO) == 1)
        return complain(
            EXIT_USAGE,
            "%s: %s -: standard output is a terminal, and this file is not for eyes: send it to a pipe or a "
            "file",
            self->name, option);
    if (!make_folder(self)) return EXIT_IO;
    complain_about(NULL, NULL);
    speak_on_stderr();
    *path = file;
    return EXIT_YES;
}

const char *shown_output(const char *path) { return path == file ? "standard output" : path; }

/* Copies what is left in `from`; 0 or the error. */
static int copy(int from) {
    static char buffer[1 << 16];
    ssize_t size;
    while ((size = read(from, buffer, sizeof buffer)) > 0)
        for (ssize_t done = 0; done < size;) {
            const ssize_t n = write(STDOUT_FILENO, buffer + done, (size_t)(size - done));
            if (n < 0 && errno != EINTR) return errno;
            if (n > 0) done += n;
        }
    return size < 0 ? errno : 0;
}

int hand_out(int exit_code) {
    if (folder[0] == '\0') return exit_code;
    const bool is_made = exit_code == EXIT_YES || exit_code == EXIT_NO || exit_code == EXIT_NOT_THERE;
    const int from = is_made ? open(file, O_RDONLY | O_CLOEXEC) : -1;
    int error = is_made && from < 0 ? errno : 0;
    clear(); /* a reader that goes away ends this program here, and leaves nothing behind */
    if (from >= 0) {
        error = copy(from);
        close(from);
    }
    return error == 0 ? exit_code : complain(EXIT_IO, "standard output: %s", strerror(error));
}
