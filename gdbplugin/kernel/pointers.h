/* Words of payloads that may lead into the heap, kept until all blocks are known: reader/ahead.py. */
#ifndef POINTERS_H
#define POINTERS_H

#include "kernel.h"

#define GRANULE_BYTES 16u
#define ODD UINT32_MAX

/* Of the rows of a zone. `granules` has room for as many entries as the zone has words, `odd` too. */
struct pointers {
    uint32_t *counts;   /* how many each row has */
    uint64_t *heads;    /* the first word of each live block, 0 where there is none */
    uint32_t *granules; /* a pointer's distance from the heap's lowest byte, in granules; ODD: see `odd` */
    uint64_t *odd;      /* those that have no such distance, as they are */
    uint64_t count;
    uint64_t odd_count;
};

static inline void take_pointer(struct pointers *pointers, uint64_t value, uint64_t distance)
{
    uint64_t granule = distance / GRANULE_BYTES;
    int is_odd = distance % GRANULE_BYTES != 0 || granule >= ODD;
    if (is_odd)
        pointers->odd[pointers->odd_count++] = value;
    pointers->granules[pointers->count++] = is_odd ? ODD : (uint32_t)granule;
}

/* Two words, by halves. */
typedef uint32_t halves __attribute__((vector_size(16)));

static inline halves halves_at(const uint8_t *data)
{
    halves found;
    memcpy(&found, data, sizeof found);
    return found;
}

/* Whether the upper half of some of eight words may be one of the heap's, `first` and `last` of them. Their lower
 * halves are asked as well, since that costs nothing. */
static inline int may_lead(const uint8_t *data, halves first, halves last)
{
    halves a = halves_at(data), b = halves_at(data + 16), c = halves_at(data + 32), d = halves_at(data + 48);
    halves hits = (halves)((a == first) | (b == first) | (c == first) | (d == first) | (a == last) | (b == last) |
                           (c == last) | (d == last));
    uint64_t parts[2];
    memcpy(parts, &hits, sizeof parts);
    return (parts[0] | parts[1]) != 0;
}

/* The pointers of `row`, whose payload's first `size_bytes` are at `data`; most words lead nowhere, so eight are asked
 * at once where the heap's addresses have two upper halves at most. */
static inline void take_pointers(struct pointers *pointers, uint64_t row, const uint8_t *data, uint64_t size_bytes,
                                 uint64_t low, uint64_t span)
{
    uint64_t before = pointers->count, count = size_bytes / WORD_BYTES, word;
    uint32_t lowest = (uint32_t)(low >> 32), highest = (uint32_t)((low + span - 1) >> 32);
    halves first = {lowest, lowest, lowest, lowest}, last = {highest, highest, highest, highest};
    int is_narrow = highest - lowest <= 1;
    for (uint64_t index = 0; index < count;) {
        uint64_t stop = index + 8 < count ? index + 8 : count;
        if (is_narrow && stop == index + 8 && !may_lead(data + index * WORD_BYTES, first, last)) {
            index = stop;
            continue;
        }
        for (; index < stop; index++) {
            memcpy(&word, data + index * WORD_BYTES, sizeof word);
            if (word - low < span)
                take_pointer(pointers, word, word - low);
        }
    }
    pointers->heads[row] = 0;
    if (count > 0)
        memcpy(&pointers->heads[row], data, WORD_BYTES);
    pointers->counts[row] = (uint32_t)(pointers->count - before);
}

#endif
