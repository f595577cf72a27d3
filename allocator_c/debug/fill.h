/* Known bytes, written and looked for by whole words: inlined, since most blocks are a few words long.
 *
 * Every payload begins at a multiple of the granule, and so does what is behind its slot: a range from a payload on
 * may be rounded up to the next granule. */
#ifndef FT_DEBUG_FILL_H
#define FT_DEBUG_FILL_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/attributes.h"
#include "base/fills.h"
#include "heap/block.h"

/* From here on the C library's loops are faster than ours. */
#define FILL_INLINE_MAX_BYTES 512
#define FILL_WORD_BYTES sizeof(uint64_t)

typedef uint64_t __attribute__((may_alias)) fill_word;
typedef uint64_t __attribute__((vector_size(BLOCK_GRANULE_BYTES), may_alias)) fill_granule;
/* One that may begin anywhere. */
typedef uint64_t __attribute__((vector_size(BLOCK_GRANULE_BYTES), may_alias, aligned(1))) fill_loose_granule;

/* `bytes` from `start`, which is a multiple of the granule, and the rest of the last granule. */
FT_INLINE void fill_granules(void *start, size_t bytes, unsigned char byte)
{
    const fill_granule filled = {word_of(byte), word_of(byte)};
    char *at = start;
    char *end = at + round_up(bytes, BLOCK_GRANULE_BYTES);
    if (FT_UNLIKELY(bytes > FILL_INLINE_MAX_BYTES)) {
        memset(start, byte, (size_t)(end - at));
        return;
    }
    for (; at < end; at += sizeof(filled)) {
        *(fill_granule *)at = filled;
        __asm__("" : "+r"(at)); /* else compilers make a call of it */
    }
}

/* The first `bytes` from `start`, a multiple of the granule, hold the fill. */
FT_INLINE int granules_hold(const void *start, size_t bytes, unsigned char byte)
{
    const fill_granule filled = {word_of(byte), word_of(byte)};
    const char *at = start;
    const char *end = at + round_down(bytes, BLOCK_GRANULE_BYTES);
    fill_granule wrong = {0, 0};
    for (; at < end; at += sizeof(filled))
        wrong |= *(const fill_granule *)at ^ filled;
    uint64_t differing = wrong[0] | wrong[1];
    size_t rest = bytes % BLOCK_GRANULE_BYTES;
    if (rest >= FILL_WORD_BYTES)
        differing |= *(const fill_word *)at ^ word_of(byte);
    if (rest % FILL_WORD_BYTES != 0) {
        uint64_t last = *(const fill_word *)(at + rest / FILL_WORD_BYTES * FILL_WORD_BYTES) ^ word_of(byte);
        differing |= last << (64 - rest % FILL_WORD_BYTES * 8);
    }
    return differing == 0;
}

/* All `bytes` from `start` hold the fill: both are multiples of the granule, and there is one at least. */
FT_INLINE int all_granules_hold(const void *start, size_t bytes, unsigned char byte)
{
    const fill_granule filled = {word_of(byte), word_of(byte)};
    const char *at = start;
    const char *end = at + bytes;
    fill_granule wrong = *(const fill_granule *)at ^ filled;
    if (FT_UNLIKELY(bytes > FILL_INLINE_MAX_BYTES)) /* equal to what stands a granule further, all along */
        return (wrong[0] | wrong[1]) == 0 && memcmp(at, at + sizeof(filled), bytes - sizeof(filled)) == 0;
    for (at += sizeof(filled); at < end; at += sizeof(filled))
        wrong |= *(const fill_granule *)at ^ filled;
    return (wrong[0] | wrong[1]) == 0;
}

/* From `start`, which may be anywhere, to `end`, a multiple of the granule. */
FT_INLINE void fill_up_to(char *start, char *end, unsigned char byte)
{
    const fill_granule filled = {word_of(byte), word_of(byte)};
    char *at = (char *)round_up((uintptr_t)start, BLOCK_GRANULE_BYTES);
    if (FT_UNLIKELY((size_t)(end - start) > FILL_INLINE_MAX_BYTES || end - start < BLOCK_GRANULE_BYTES)) {
        memset(start, byte, (size_t)(end - start));
        return;
    }
    *(fill_loose_granule *)start = filled;
    for (; at < end; at += sizeof(filled)) {
        *(fill_granule *)at = filled;
        __asm__("" : "+r"(at));
    }
}

FT_INLINE int holds_up_to(const char *start, const char *end, unsigned char byte)
{
    const fill_granule filled = {word_of(byte), word_of(byte)};
    if (FT_UNLIKELY(end - start < BLOCK_GRANULE_BYTES)) {
        while (start < end && (unsigned char)*start == byte)
            start++;
        return start == end;
    }
    const char *at = (const char *)round_up((uintptr_t)start, BLOCK_GRANULE_BYTES);
    fill_granule wrong = *(const fill_loose_granule *)start ^ filled;
    for (; at < end; at += sizeof(filled))
        wrong |= *(const fill_granule *)at ^ filled;
    return (wrong[0] | wrong[1]) == 0;
}

#endif
