/* Holds the status list of octet.h and the one of base/status.h together: octet.h is read alone, so that its enum is
 * compiled; the list of status.h is then compared with it. */
#include "octet/octet.h"

#define OCTET_STATUS_LIST_ONLY
#include "base/status.h"

#define OCTET_STATUS_SAME(name, value, exit_code, text) \
    _Static_assert(OCTET_##name == (value), "octet.h and base/status.h differ in " #name);
OCTET_STATUS_LIST(OCTET_STATUS_SAME)
