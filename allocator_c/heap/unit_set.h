/* Sets of a zone's units, as bits: bit u of the whole is bit u % 64 of word u / 64. */
#ifndef FT_HEAP_UNIT_SET_H
#define FT_HEAP_UNIT_SET_H

#include <stdint.h>

#include "base/arithmetic.h"
#include "heap/zone.h"

/* Adjacent units; count 0: none. */
struct stretch {
    unsigned first;
    unsigned count;
};

/* The bits of `units` in one word. */
static inline uint64_t stretch_bits(struct stretch units, unsigned word)
{
    unsigned first = units.first > word * 64 ? units.first : word * 64;
    unsigned end = units.first + units.count < word * 64 + 64 ? units.first + units.count : word * 64 + 64;
    return first >= end ? 0 : ~UINT64_C(0) >> (64 - (end - first)) << first % 64;
}

static inline void unit_set_add(struct unit_set *set, struct stretch units)
{
    for (unsigned word = units.first / 64; word * 64 < units.first + units.count; word++)
        set->words[word] |= stretch_bits(units, word);
}

static inline void unit_set_remove(struct unit_set *set, struct stretch units)
{
    for (unsigned word = units.first / 64; word * 64 < units.first + units.count; word++)
        set->words[word] &= ~stretch_bits(units, word);
}

/* How many of `units` are in the set. */
static inline unsigned unit_set_count_of(const struct unit_set *set, struct stretch units)
{
    unsigned count = 0;
    for (unsigned word = units.first / 64; word * 64 < units.first + units.count; word++)
        count += (unsigned)__builtin_popcountll(set->words[word] & stretch_bits(units, word));
    return count;
}

/* First unit from `from` on whose bit differs from those of `inverted`, 0 or ~0. UNIT_COUNT: none. */
static inline unsigned unit_set_next(const struct unit_set *set, unsigned from, uint64_t inverted)
{
    for (; from < UNIT_COUNT; from = (from | 63) + 1) {
        uint64_t rest = (set->words[from / 64] ^ inverted) >> from % 64;
        if (rest != 0)
            return from + (unsigned)__builtin_ctzll(rest);
    }
    return UNIT_COUNT;
}

/* The first longest possible stretch of members from unit `from` on. */
static inline struct stretch unit_set_stretch(const struct unit_set *set, unsigned from)
{
    unsigned first = unit_set_next(set, from, 0);
    return (struct stretch){first, unit_set_next(set, first, ~UINT64_C(0)) - first};
}

/* The lowest `count` adjacent members; none where there are not so many together. */
static inline struct stretch unit_set_find(const struct unit_set *set, unsigned count)
{
    struct stretch found = unit_set_stretch(set, 0);
    while (found.count != 0 && found.count < count)
        found = unit_set_stretch(set, found.first + found.count);
    return found.count == 0 ? found : (struct stretch){found.first, count};
}

/* All the members that `unit`, a member, is adjacent to. */
static inline struct stretch unit_set_around(const struct unit_set *set, unsigned unit)
{
    unsigned first = unit;
    uint64_t absent = ~set->words[first / 64] << (63 - first % 64);
    while (absent == 0 && first >= 64) {
        first = first / 64 * 64 - 1;
        absent = ~set->words[first / 64];
    }
    first = absent == 0 ? 0 : first + 1 - (unsigned)__builtin_clzll(absent);
    return (struct stretch){first, unit_set_next(set, unit, ~UINT64_C(0)) - first};
}

static inline unsigned unit_set_longest(const struct unit_set *set)
{
    unsigned longest = 0;
    for (struct stretch at = unit_set_stretch(set, 0); at.count != 0; at = unit_set_stretch(set, at.first + at.count))
        longest = at.count > longest ? at.count : longest;
    return longest;
}

#endif
