/* test_thread.c again, with the pool as it is where the system has no futexes. */
#define OCTET_NO_FUTEX
#include "base/thread.c"

#include "unit/base/test_thread.c"
