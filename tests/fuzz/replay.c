/* replay FOLDER|FILE...: hands every file of the folders, and the files, to a fuzz target, once as it is and once cut
 * in the middle; for builds without a fuzzing engine, and for engines that start a program for each input. Without an
 * argument it reads one input from standard input. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) return 0;
    fseek(file, 0, SEEK_END);
    const long size = ftell(file);
    rewind(file);
    /* A block of exactly the file's size, so that a sanitizer sees a read past the end. */
    uint8_t *data = malloc(size > 0 ? (size_t)size : 1);
    const size_t n = data != NULL && size > 0 ? fread(data, 1, (size_t)size, file) : 0;
    fclose(file);
    if (data != NULL) LLVMFuzzerTestOneInput(data, n);
    free(data);
    uint8_t *half = data != NULL ? malloc(n / 2 + 1) : NULL;
    if (half == NULL || (file = fopen(path, "rb")) == NULL) return 0;
    const size_t n_half = fread(half, 1, n / 2, file);
    fclose(file);
    LLVMFuzzerTestOneInput(half, n_half);
    free(half);
    return 1;
}

static int replay_input(void) {
    static uint8_t data[1 << 20];
    LLVMFuzzerTestOneInput(data, fread(data, 1, sizeof data, stdin));
    return 0;
}

int main(int argc, char **argv) {
    int n_files = 0;
    if (argc == 1) return replay_input();
    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        if (folder == NULL) {
            const int n = replay_file(argv[i]);
            if (n == 0) fprintf(stderr, "%s: cannot be opened\n", argv[i]);
            if (n == 0) return 1;
            n_files += n;
            continue;
        }
        for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
            char path[1024];
            if (entry->d_name[0] == '.' ||
                snprintf(path, sizeof path, "%s/%s", argv[i], entry->d_name) >= (int)sizeof path)
                continue;
            n_files += replay_file(path);
        }
        closedir(folder);
    }
    printf("%d files\n", n_files);
    return n_files == 0;
}
