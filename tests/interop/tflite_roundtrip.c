/* usage: tflite_roundtrip IN.tflite OUT.tflite ... - reads each IN and writes what was understood to OUT.
 * A line per pair: "OK IN" or "STATUS IN sentence". Exit 0 always: roundtrip.py judges. */
#include <stdio.h>

#include "export/tflite/tflite.h"
#include "import/import.h"

static octet_status convert(octet_context *ctx, const char *in, const char *path) {
    octet_graph *graph;
    octet_buffer out = {0};
    OCTET_TRY(octet_import_tflite(ctx, in, NULL, &graph));
    octet_status status = octet_export_tflite(ctx, graph, &out);
    if (status == OCTET_OK) status = octet_file_write(ctx, path, (octet_bytes){out.data, out.size});
    octet_buffer_free(ctx, &out);
    octet_graph_destroy(ctx, graph);
    return status;
}

int main(int argc, char **argv) {
    for (int i = 1; i + 1 < argc; i += 2) {
        octet_context ctx;
        octet_context_init(&ctx);
        const octet_status status = convert(&ctx, argv[i], argv[i + 1]);
        printf("%s %s %s\n", octet_status_name(status), argv[i], ctx.message);
    }
    return 0;
}
