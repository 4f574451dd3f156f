/* Programs that link a library which writes files of its own: MemorySanitizer knows nothing of the library's buffers,
 * so it does not check what is handed to the system here. Code that clang compiled is checked all the same. */
#include <sanitizer/msan_interface.h>

__attribute__((constructor)) static void trust_what_is_written(void) { __msan_scoped_disable_interceptor_checks(); }
