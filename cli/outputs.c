/* Output files that are input files, or other output files, too: they would be lost. */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"

static bool is_file(const char *path, const struct stat *file) {
    struct stat info;
    return stat(path, &info) == 0 && info.st_dev == file->st_dev && info.st_ino == file->st_ino;
}

static bool is_same(const char *a, const char *b) {
    struct stat info;
    return stat(a, &info) == 0 && !S_ISDIR(info.st_mode) && is_file(b, &info);
}

static bool is_folder(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* The ending of a file that a folder of data consists of. */
static bool is_data_name(const char *path) {
    static const char *const endings[] = {".npy", ".npz", ".gz", "-ubyte", ".png", ".jpg", ".jpeg", ".bmp", ".txt"};
    const size_t length = strlen(path);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        const size_t n = strlen(endings[i]);
        if (length > n && strcasecmp(path + length - n, endings[i]) == 0) return true;
    }
    return false;
}

/* Whether the file `output` is there already and lies in the folder, or up to three folders below it (train/cat/), as
 * one of its data. */
static bool is_data_of(const char *output, const char *folder) {
    enum { LEVELS = 4 };
    struct stat file, top, above;
    char path[PATH_MAX];
    const char *slash = strrchr(output, '/');
    const size_t length = slash != NULL ? (size_t)(slash - output) + 1 : 0;
    if (!is_data_name(output) || stat(output, &file) != 0 || S_ISDIR(file.st_mode) || stat(folder, &top) != 0)
        return false;
    if (length + 3 * LEVELS >= sizeof path) return false;
    snprintf(path, sizeof path, "%.*s.", (int)length, output);
    for (int level = 0; level < LEVELS && stat(path, &above) == 0; level++, strcat(path, "/.."))
        if (above.st_dev == top.st_dev && above.st_ino == top.st_ino) return true;
    return false;
}

/* A file, a folder, or NAME=FILE,NAME=FILE as --data takes it. */
static bool names_file(const char *input, const char *output) {
    char path[PATH_MAX];
    struct stat info;
    if (strcmp(input, "-") == 0)
        return fstat(STDIN_FILENO, &info) == 0 && S_ISREG(info.st_mode) && is_file(output, &info);
    if (is_folder(input)) return is_data_of(output, input);
    if (stat(input, &info) == 0 || strchr(input, '=') == NULL) return is_same(input, output);
    for (const char *part = input; *part != '\0';) {
        const size_t length = strcspn(part, ","), name = strcspn(part, "=");
        if (name < length && length - name - 1 < sizeof path) {
            memcpy(path, part + name + 1, length - name - 1);
            path[length - name - 1] = '\0';
            if (is_folder(path) ? is_data_of(output, path) : is_same(path, output)) return true;
        }
        part += length + (part[length] == ',');
    }
    return false;
}

/* The folder that the file is in, and the file's name. */
static bool split_path(const char *path, struct stat *folder, const char **name) {
    char above[PATH_MAX];
    const char *slash = strrchr(path, '/');
    const size_t length = slash != NULL ? (size_t)(slash - path) + 1 : 0;
    if (length + 2 > sizeof above) return false;
    snprintf(above, sizeof above, "%.*s.", (int)length, path);
    *name = path + length;
    return stat(above, folder) == 0;
}

bool is_one_output(const char *a, const char *b) {
    struct stat folders[2];
    const char *names[2];
    if (strcmp(a, b) == 0 || is_same(a, b)) return true;
    if (!split_path(a, &folders[0], &names[0]) || !split_path(b, &folders[1], &names[1])) return false;
    return strcmp(names[0], names[1]) == 0 && folders[0].st_dev == folders[1].st_dev &&
           folders[0].st_ino == folders[1].st_ino;
}

bool keeps_inputs(const struct command *self, const char *output, const struct input_name *inputs) {
    for (; inputs->option != NULL; inputs++)
        if (output != NULL && inputs->path != NULL && names_file(inputs->path, output))
            return complain_about(output, NULL),
                   complain(0, "%s: %s: would replace the file of %s: name another file to write", self->name, output,
                            inputs->option);
    return true;
}

/* How a file of each kind begins. */
static const struct {
    const char *what;
    size_t offset;
    const char *bytes;
} beginnings[] = {
    [OUTPUT_TFLITE] = {".tflite", 4, "TFL3"},
    [OUTPUT_NPY] = {".npy", 0, "\x93NUMPY"},
    [OUTPUT_C_ARRAY] = {"C array", 0, "/* "},
    [OUTPUT_HTML] = {"HTML page", 0, "<!DOCTYPE html>"},
    [OUTPUT_JSON] = {"report as JSON", 0, "{\n  \"schema\": \"urn:octet:json:"},
    [OUTPUT_SAVED] = {"calibration or evaluation", 0, "octet"},
    [OUTPUT_TEXT] = {"report as text", 0, ""}, /* of which nothing tells that it is one */
};

bool may_replace(const struct command *self, const char *path, enum output_kind kind, bool force) {
    char begin[64] = "";
    struct stat info;
    const char *bytes = beginnings[kind].bytes;
    const size_t offset = beginnings[kind].offset;
    if (path == NULL || force || stat(path, &info) != 0 || !S_ISREG(info.st_mode) || info.st_size == 0) return true;
    FILE *file = fopen(path, "rb");
    const size_t size = file != NULL ? fread(begin, 1, sizeof begin, file) : 0;
    if (file != NULL) fclose(file);
    if (size >= offset + strlen(bytes) && memcmp(begin + offset, bytes, strlen(bytes)) == 0) return true;
    complain_about(path, NULL);
    return complain(0, "%s: %s: is there already and is no %s: --force replaces it", self->name, path,
                    beginnings[kind].what);
}

bool may_fill(const struct command *self, const char *path, bool force) {
    char other[NAME_MAX + 1] = "";
    DIR *folder = path != NULL && !force ? opendir(path) : NULL;
    if (folder == NULL) return true;
    for (const struct dirent *entry = readdir(folder); entry != NULL && other[0] == '\0'; entry = readdir(folder)) {
        const char *dot = strrchr(entry->d_name, '.');
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (dot == NULL || strcmp(dot, ".npy") != 0) snprintf(other, sizeof other, "%s", entry->d_name);
    }
    closedir(folder);
    if (other[0] == '\0') return true;
    complain_about(path, NULL);
    return complain(0, "%s: %s: holds other files than .npy, such as %s: --force writes among them", self->name, path,
                    other);
}
