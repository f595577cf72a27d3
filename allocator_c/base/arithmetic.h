/* Arithmetic on sizes and addresses. `alignment` is a power of two everywhere. */
#ifndef FT_BASE_ARITHMETIC_H
#define FT_BASE_ARITHMETIC_H

#include <stddef.h>
#include <stdint.h>

/* The caller makes sure that value + alignment does not overflow. */
static inline size_t round_up(size_t value, size_t alignment)
{
    return (value + alignment - 1) & ~(alignment - 1);
}

static inline size_t round_down(size_t value, size_t alignment)
{
    return value & ~(alignment - 1);
}

static inline int is_power_of_two(size_t value)
{
    return value != 0 && (value & (value - 1)) == 0;
}

static inline size_t size_min(size_t a, size_t b)
{
    return a < b ? a : b;
}

static inline size_t size_max(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Index of the highest set bit; value is not 0. */
static inline unsigned log2_floor(uint64_t value)
{
    return 63u - (unsigned)__builtin_clzll(value);
}

/* 2^64 divided by the golden ratio: the upper bits of a word's multiple spread neighbours (Knuth). */
#define GOLDEN_RATIO UINT64_C(0x9e3779b97f4a7c15)

/* `bits` (1..64) bits that depend on all of the word, for tables. */
static inline uint64_t hash_word(uint64_t word, unsigned bits)
{
    return word * GOLDEN_RATIO >> (64 - bits);
}

#endif
