/* The .tflite as a C array. */
#include <inttypes.h>

#include "base/format.h"
#include "base/hash.h"
#include "export/artifacts/artifacts.h"

octet_status octet_artifacts_write_c_array(octet_context *ctx, const char *name, const char *model, octet_bytes bytes,
                                           octet_buffer *out) {
    enum { BYTES_OF_A_LINE = 16, MOST_LETTERS = 500 };
    char shown[MOST_LETTERS + 1];
    static const char digits[] = "0123456789abcdef";
    octet_format(shown, sizeof shown, "%.*s", MOST_LETTERS, model);
    octet_format_remark(shown);
    OCTET_TRY(octet_buffer_format(ctx, out,
                                  "/* %s as a .tflite: %zu bytes, hash %016" PRIx64 ". */\n"
                                  "#if defined(__cplusplus)\n#define %s_ALIGN alignas(16)\nextern \"C\" {\n"
                                  "extern const unsigned char %s[];\nextern const unsigned int %s_len;\n"
                                  "#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L\n"
                                  "#define %s_ALIGN _Alignas(16)\n"
                                  "#elif defined(__GNUC__)\n#define %s_ALIGN __attribute__((aligned(16)))\n"
                                  "#else\n#define %s_ALIGN\n#endif\n\n"
                                  "%s_ALIGN const unsigned char %s[] = {\n",
                                  shown, bytes.size, octet_hash(0, bytes.data, bytes.size), name, name, name, name,
                                  name, name, name, name));
    for (size_t i = 0; i < bytes.size; i += BYTES_OF_A_LINE) {
        char line[6 * BYTES_OF_A_LINE + 8];
        size_t n = 0;
        for (size_t k = 0; k < 4; k++) line[n++] = ' ';
        for (size_t k = i; k < bytes.size && k < i + BYTES_OF_A_LINE; k++) {
            const char byte[] = {'0', 'x', digits[bytes.data[k] >> 4], digits[bytes.data[k] & 15], ',', ' '};
            for (size_t c = 0; c < sizeof byte; c++) line[n++] = byte[c];
        }
        line[n - 1] = '\n';
        OCTET_TRY(octet_buffer_append(ctx, out, line, n));
    }
    return octet_buffer_format(
        ctx, out, "};\nconst unsigned int %s_len = %zuu;\n\n#if defined(__cplusplus)\n}\n#endif\n", name, bytes.size);
}
