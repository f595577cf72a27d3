/* The block header: 16 bytes that stand directly in front of every payload.
 *
 *      header (16 bytes)                                     payload
 *     +--------------------------------+-------------------+----------------------
 *     | self                           | extent            | requested bytes ...
 *     |  0..47  payload address        |  0..47 requested  |
 *     | 48..52  0                      | 48..63 distance   |
 *     | 53..55  flags                  |   to next header  |
 *     | 56..63  state                  |                   |
 *     +--------------------------------+-------------------+----------------------
 *
 * The pointer proves itself: the address in `self` equals header + 16, and `self` of a live block is that address and
 * nothing else. An overflow of the block in front reaches its low bytes first, so that a single stray byte breaks the
 * proof. The distance tells the class of an ordinary block, since no two classes have the same stride.
 * The state is a byte of its own, and changes by one store: a debugger that stops the program between any two
 * instructions finds the old or the new state, never half of one.
 */
#ifndef FT_HEAP_BLOCK_H
#define FT_HEAP_BLOCK_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/attributes.h"

#define BLOCK_ADDRESS_BITS 48
#define BLOCK_FLAG_BITS 3
#define BLOCK_STATE_BITS 8
#define BLOCK_FLAG_SHIFT 53
#define BLOCK_STATE_SHIFT (BLOCK_FLAG_SHIFT + BLOCK_FLAG_BITS)
#define BLOCK_HEADER_BYTES 16
#define BLOCK_ADDRESS_MASK ((UINT64_C(1) << BLOCK_ADDRESS_BITS) - 1)
/* Unit of `extent`'s distance to the next header, and the alignment of every header and payload. */
#define BLOCK_GRANULE_BYTES 16

/* LIVE is zero so that free() needs one comparison for address and state together (see cache.h). */
enum block_state {
    BLOCK_LIVE = 0,         /* handed to the program; payload directly behind this header */
    BLOCK_FRESH = 1,        /* cut from its run, never handed out; size 0: payload is zero, 1: may hold old bytes */
    BLOCK_FREED = 2,        /* free: in a thread cache, in a transfer cache, or in its run's bitmap */
    BLOCK_QUARANTINED = 3,  /* freed by the program, held back from reuse (FtMallocQuarantine) */
    BLOCK_SHIFTED = 4,      /* slot header only: an aligned block of this slot stands `extent` size bytes further */
    BLOCK_LIVE_ALIGNED = 5, /* header of such an aligned block, handed to the program */
    BLOCK_CHANGING = 6,     /* in transition between two of the states above */
};

/* What is noted of one block that is live, or quarantined. A flag keeps it off the fast paths of free and realloc, and
 * is gone with the next change of state: so the block that comes after it at its address never inherits one. */
enum block_flag {
    BLOCK_IGNORED = 1, /* the program said that it is no leak */
    BLOCK_MARKED = 2,  /* it was live at the last mark */
    BLOCK_TOLD = 4,    /* that it is damaged was reported */
};

struct block {
    uint64_t self;   /* payload address | flags << 53 | state << 56 */
    uint64_t extent; /* requested bytes | distance to the next header in granules << 48; distance 0: no next block */
};

static inline struct block *block_of_payload(const void *payload)
{
    return (struct block *)((uintptr_t)payload - BLOCK_HEADER_BYTES);
}

static inline void *block_payload(const struct block *block)
{
    return (void *)((uintptr_t)block + BLOCK_HEADER_BYTES);
}

static inline uint64_t block_self(const struct block *block, enum block_state state)
{
    return ((uintptr_t)block + BLOCK_HEADER_BYTES) | (uint64_t)state << BLOCK_STATE_SHIFT;
}

/* Before a header is made where other data was: a check by another thread must not take that for the debug layer's. */
static inline void block_clear_prefix(struct block *block, size_t prefix_bytes)
{
    if (FT_UNLIKELY(prefix_bytes != 0))
        memset((char *)block - prefix_bytes, 0, prefix_bytes);
}

/* True when the header carries its own payload address. */
static inline int block_proves_itself(const struct block *block)
{
    return (block->self & BLOCK_ADDRESS_MASK) == (uintptr_t)block + BLOCK_HEADER_BYTES;
}

static inline enum block_state block_state(const struct block *block)
{
    return (enum block_state)(block->self >> BLOCK_STATE_SHIFT);
}

/* The bits between the address and the flags. */
static inline int block_is_reserved_zero(const struct block *block)
{
    return (block->self >> BLOCK_ADDRESS_BITS & ((1u << (BLOCK_FLAG_SHIFT - BLOCK_ADDRESS_BITS)) - 1)) == 0;
}

static inline unsigned block_flags(const struct block *block)
{
    return (unsigned)(block->self >> BLOCK_FLAG_SHIFT) & ((1u << BLOCK_FLAG_BITS) - 1);
}

static inline uint64_t block_size(const struct block *block)
{
    return block->extent & BLOCK_ADDRESS_MASK;
}

static inline uint64_t block_extent(uint64_t size_bytes, uint64_t next_bytes)
{
    return size_bytes | (next_bytes / BLOCK_GRANULE_BYTES) << BLOCK_ADDRESS_BITS;
}

static inline uint64_t block_next_bytes(const struct block *block)
{
    return (block->extent >> BLOCK_ADDRESS_BITS) * BLOCK_GRANULE_BYTES;
}

/* Parts of a 64-bit field, told to the compiler. */
typedef uint32_t __attribute__((may_alias)) block_low_half;
typedef uint8_t __attribute__((may_alias)) block_byte;

/* One store: what a walker sees is the state before or the state after. */
static inline void block_set_state(struct block *block, enum block_state state)
{
    _Static_assert(BLOCK_STATE_SHIFT == 56 && BLOCK_STATE_BITS == 8, "the state is the last byte");
    ((volatile block_byte *)&block->self)[7] = (uint8_t)state;
}

/* The flags are in a byte that no fast path writes by itself: neither a flag set by another thread meanwhile nor a
 * change of state is lost. */
static inline void block_set_flag(struct block *block, enum block_flag flag)
{
    __atomic_fetch_or((block_byte *)&block->self + BLOCK_FLAG_SHIFT / 8,
                      (uint8_t)(flag << (BLOCK_FLAG_SHIFT % 8)), __ATOMIC_RELAXED);
}

static inline void block_drop_flags(struct block *block)
{
    __atomic_fetch_and((block_byte *)&block->self + BLOCK_FLAG_SHIFT / 8,
                       (uint8_t)((1u << (BLOCK_FLAG_SHIFT % 8)) - 1), __ATOMIC_RELAXED);
}

/* From one state to another, whatever the flags, which go. Returns 0 when the block's state is no longer `from`. */
static inline int block_change_state(struct block *block, enum block_state from, enum block_state to)
{
    const uint64_t flags = ((UINT64_C(1) << BLOCK_FLAG_BITS) - 1) << BLOCK_FLAG_SHIFT;
    uint64_t seen = __atomic_load_n(&block->self, __ATOMIC_RELAXED);
    do {
        if ((seen & ~flags) != block_self(block, from))
            return 0;
    } while (!__atomic_compare_exchange_n(&block->self, &seen, block_self(block, to), 0, __ATOMIC_ACQ_REL,
                                          __ATOMIC_RELAXED));
    return 1;
}

/* The bytes next to the payload: a write in front of the block reaches them first. In a slot they never change. */
static inline uint32_t block_far_half(const struct block *block)
{
    return ((const block_low_half *)&block->extent)[1];
}

/* 1: fresh memory that nothing was written to. */
static inline int block_is_zero(const struct block *block)
{
    return block_state(block) == BLOCK_FRESH && block_size(block) == 0;
}

static inline int block_state_is_live(enum block_state state)
{
    return state == BLOCK_LIVE || state == BLOCK_LIVE_ALIGNED;
}

/* Not where a header is written over: what it says of state and size means nothing then. */
static inline int block_is_live(const struct block *block)
{
    return block_proves_itself(block) && block_state_is_live(block_state(block));
}

#endif
