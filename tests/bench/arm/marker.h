/* marker.h - what tells a64_count.c where counting begins and ends: hints that no processor knows, which do nothing. */
#ifndef OCTET_TESTS_BENCH_ARM_MARKER_H
#define OCTET_TESTS_BENCH_ARM_MARKER_H

#define MARK_BEGIN() __asm__ volatile("hint #100" ::: "memory")
#define MARK_END() __asm__ volatile("hint #101" ::: "memory")
enum { MARK_BEGIN_CODE = 0xD503201F | 100 << 5, MARK_END_CODE = 0xD503201F | 101 << 5 };

#endif
