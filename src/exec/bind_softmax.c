#include "exec/bind_families.h"

octet_status octet_bind_softmax(octet_binder *binder, const octet_operator *op, octet_step *step) {
    (void)step;
    return octet_bind_unsupported(binder, op);
}
