#include "heap/emergency.h"

#include <stdint.h>

#include "base/arithmetic.h"
#include "base/attributes.h"
#include "heap/block.h"

#define STORE_BYTES ((size_t)256 << 10)

static FT_SELDOM char store[STORE_BYTES] __attribute__((aligned(64)));
static size_t used_bytes;

void *emergency_allocate(size_t alignment, size_t size)
{
    size_t needed = size + alignment + BLOCK_HEADER_BYTES;
    if (size > STORE_BYTES || alignment > STORE_BYTES)
        return NULL;
    size_t start = __atomic_fetch_add(&used_bytes, round_up(needed, BLOCK_GRANULE_BYTES), __ATOMIC_RELAXED);
    if (start > STORE_BYTES || needed > STORE_BYTES - start)
        return NULL;
    char *payload = (char *)round_up((uintptr_t)store + start + BLOCK_HEADER_BYTES, alignment);
    struct block *block = block_of_payload(payload);
    block->extent = block_extent(size, 0);
    block->self = block_self(block, BLOCK_LIVE);
    return payload;
}

int emergency_owns(const void *address)
{
    return (uintptr_t)address - (uintptr_t)store < STORE_BYTES;
}

int emergency_has_block(const void *address)
{
    size_t offset = (size_t)((uintptr_t)address - (uintptr_t)store);
    return emergency_owns(address) && offset >= BLOCK_HEADER_BYTES && offset % BLOCK_GRANULE_BYTES == 0
           && block_is_live(block_of_payload(address));
}
