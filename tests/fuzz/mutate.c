#include "fuzz/mutate.h"

#include <math.h>

uint64_t mutate_next(mutate_random *random) {
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint32_t mutate_below(mutate_random *random, size_t n) { return n == 0 ? 0 : (uint32_t)(mutate_next(random) % n); }

int64_t mutate_integer(mutate_random *random, int64_t old) {
    static const int64_t limits[] = {INT8_MIN,  INT8_MAX,  UINT8_MAX,  INT16_MIN, INT16_MAX, UINT16_MAX,      INT32_MIN,
                                     INT32_MAX, INT64_MIN, UINT32_MAX, INT64_MAX, 65536,     INT64_C(1) << 31};
    switch (mutate_below(random, 8)) {
    case 0: return limits[mutate_below(random, sizeof limits / sizeof *limits)];
    case 1: return (int64_t)((uint64_t)old + mutate_below(random, 5) - 2);
    case 2: return (int64_t)(0 - (uint64_t)old);
    case 3: return (int64_t)((uint64_t)old * 2);
    case 4: return old / 2;
    default: return (int64_t)mutate_below(random, 11) - 2;
    }
}

double mutate_real(mutate_random *random, double old) {
    static const double special[] = {0.0,  -0.0, 1.0,   -1.0, 0.5,      1.0 / 256, 1e-45,       1e-38,
                                     1e38, 6.0,  1e-10, 3e9,  INFINITY, -INFINITY, (double)NAN, -2.5};
    switch (mutate_below(random, 4)) {
    case 0: return special[mutate_below(random, sizeof special / sizeof *special)];
    case 1: return -old;
    case 2: return old * (mutate_once_in(random, 2) ? 2.0 : 0.37);
    default: return ((double)mutate_below(random, 2001) - 1000.0) / 100.0;
    }
}

#if defined(__GNUC__)
__attribute__((weak))
#endif
size_t
LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size) {
    mutate_random random = mutate_seed((unsigned int)size);
    for (size_t i = 0; i < size; i++) random.state = random.state * 31 + data[i];
    if (size < max_size && (size == 0 || mutate_once_in(&random, 4))) data[size++] = (uint8_t)mutate_next(&random);
    if (size > 0) data[mutate_below(&random, size)] ^= (uint8_t)(1u << mutate_below(&random, 8));
    return size;
}
