#include "debug/depot.h"

#include <string.h>

#include "base/arithmetic.h"
#include "base/attributes.h"
#include "platform/pages.h"

#define STEP_WORDS ((uint64_t)1 << 15) /* 256 KiB are opened at a time */
#define HEAD_WORDS 1

FT_SELDOM struct depot ftmalloc_depot;
static struct depot *const depot = &ftmalloc_depot;

int depot_start(size_t size_bytes)
{
    size_t step_bytes = STEP_WORDS * sizeof(uint64_t);
    size_bytes = size_bytes / step_bytes * step_bytes;
    uint64_t *words = size_bytes == 0 ? NULL : pages_map(size_bytes);
    if (words == NULL)
        return 0;
    if (size_bytes > step_bytes)
        pages_protect(words + STEP_WORDS, size_bytes - step_bytes);
    depot->open_words = STEP_WORDS;
    depot->words_max = size_bytes / sizeof(uint64_t);
    depot->used_words = 1;
    depot->words = words;
    return 1;
}

static uint32_t hash_frames(const uint64_t *frames, size_t count)
{
    uint64_t hash = count;
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ frames[i]) * GOLDEN_RATIO;
    return (uint32_t)(hash >> 32) % DEPOT_BUCKETS;
}

const struct stored_stack *depot_stack(uint32_t number)
{
    if (number == 0 || depot->words == NULL || number >= __atomic_load_n(&depot->used_words, __ATOMIC_ACQUIRE))
        return NULL;
    return (const struct stored_stack *)(depot->words + number);
}

static uint32_t find(uint32_t bucket, const uint64_t *frames, size_t count)
{
    uint32_t number = __atomic_load_n(&depot->buckets[bucket], __ATOMIC_ACQUIRE);
    while (number != 0) {
        const struct stored_stack *stack = (const struct stored_stack *)(depot->words + number);
        if (stack->frame_count == count && memcmp(stack->frames, frames, count * sizeof(*frames)) == 0)
            return number;
        number = stack->next;
    }
    return 0;
}

static uint32_t add(uint32_t bucket, const uint64_t *frames, size_t count)
{
    uint64_t number = depot->used_words;
    uint64_t end = number + HEAD_WORDS + count;
    if (end > depot->words_max) {
        depot->lost_count++;
        return 0;
    }
    if (end > depot->open_words) {
        pages_unprotect(depot->words + depot->open_words, STEP_WORDS * sizeof(uint64_t));
        depot->open_words += STEP_WORDS;
    }
    struct stored_stack *stack = (struct stored_stack *)(depot->words + number);
    stack->next = depot->buckets[bucket];
    stack->frame_count = (uint32_t)count;
    memcpy(stack->frames, frames, count * sizeof(*frames));
    depot->stack_count++;
    __atomic_store_n(&depot->used_words, end, __ATOMIC_RELEASE);
    __atomic_store_n(&depot->buckets[bucket], (uint32_t)number, __ATOMIC_RELEASE);
    return (uint32_t)number;
}

uint32_t depot_intern(const uint64_t *frames, size_t count)
{
    if (depot->words == NULL || count == 0)
        return 0;
    uint32_t bucket = hash_frames(frames, count);
    uint32_t number = find(bucket, frames, count);
    if (number != 0 || !lock_acquire(&depot->lock))
        return number;
    number = find(bucket, frames, count);
    if (number == 0)
        number = add(bucket, frames, count);
    lock_release(&depot->lock);
    return number;
}

void depot_after_fork(void)
{
    lock_reset(&depot->lock);
}
