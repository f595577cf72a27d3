#include "platform/tls_vector.h"

#include <stdint.h>

#include "base/arithmetic.h"
#include "platform/mapping.h"

/* Pairs of words: the count, a generation, then the place of each module's variables and what is to be freed. The
 * thread's own books, which stand beside the variables, lead to the second pair. */
#define PAIRS_IN_FRONT 2
#define PAIRS_MIN (PAIRS_IN_FRONT + 14) /* glibc makes room for so many modules at least */
#define PAIRS_MAX 4096
#define PLACES_TRIED_MAX 4
#define REACH_BYTES ((uintptr_t)4096)

struct pair {
    uint64_t value;
    uint64_t to_free;
};

/* 1 when a word near the place leads back to the vector. */
static int leads_back(uintptr_t place, const struct pair *vector)
{
    struct mapping mapping;
    if (!mapping_find(place, &mapping) || mapping.access[0] != 'r')
        return 0;
    uintptr_t start = round_down(place, sizeof(uintptr_t));
    uintptr_t end = mapping.end - start > REACH_BYTES ? start + REACH_BYTES : mapping.end;
    start = start - mapping.start > REACH_BYTES ? start - REACH_BYTES : mapping.start;
    for (const uintptr_t *word = (const uintptr_t *)start; word < (const uintptr_t *)end; word++)
        if (*word == (uintptr_t)(vector + 1))
            return 1;
    return 0;
}

int tls_vector_is(const void *block, size_t size_bytes)
{
    const struct pair *vector = block;
    size_t count = size_bytes / sizeof(*vector);
    if (size_bytes % sizeof(*vector) != 0 || count < PAIRS_MIN || count > PAIRS_MAX
        || vector[0].value != count - PAIRS_IN_FRONT || vector[0].to_free != 0 || vector[1].to_free != 0)
        return 0;
    unsigned tried = 0;
    for (size_t i = PAIRS_IN_FRONT; i < count && tried < PLACES_TRIED_MAX; i++) {
        if (vector[i].value == 0 || vector[i].value == UINT64_MAX)
            continue;
        if (leads_back((uintptr_t)vector[i].value, vector))
            return 1;
        tried++;
    }
    return 0;
}
