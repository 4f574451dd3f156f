/* The markers as functions, for count_litert.py. */
#include "bench/arm/marker.h"

void begin(void);
void end(void);
void begin(void) { MARK_BEGIN(); }
void end(void) { MARK_END(); }
