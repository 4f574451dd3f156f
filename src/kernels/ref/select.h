/* kernels/ref/select.h - row functions of SELECT and SELECT_V2 for broadcast.h.
 * In:  rows of the condition (bytes), of the values where it holds and of those where it does not.
 * Out: a row of one or the other.
 * Knows: elements of 1, 2, 4 and 8 bytes.
 * Does not know: tensors, broadcasting.
 * Exact by nature. */
#ifndef OCTET_KERNELS_REF_SELECT_H
#define OCTET_KERNELS_REF_SELECT_H

#include "kernels/ref/broadcast.h"

/* element_size: 1, 2, 4 or 8. params of the row: NULL. */
octet_broadcast_row *octet_select_row_ref(size_t element_size);

#endif
