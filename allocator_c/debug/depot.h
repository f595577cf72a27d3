/* The depot: every different call stack is stored once, and named by a small number.
 *
 *     words: | (0) | next, frame_count | frame 0 | frame 1 | ... | next, frame_count | frame 0 | ...
 *                    ^ stack number 1 = index of this word           ^ stack number 1 + 1 + frames
 *
 * Stacks never change and never go: readers need no lock. The memory is reserved at the start, and made accessible
 * (and so part of core files) as it is used.
 */
#ifndef FT_DEBUG_DEPOT_H
#define FT_DEBUG_DEPOT_H

#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "platform/lock.h"

#define DEPOT_BYTES_MAX ((size_t)128 << 20)
#define DEPOT_BUCKETS 65536

struct stored_stack {
    uint32_t next;        /* number of the next stack of like hash; 0: none */
    uint32_t frame_count;
    uint64_t frames[1];   /* frame_count return addresses, innermost first */
};

/* Read by debuggers (layout.def: depot). */
struct depot {
    uint64_t *words;      /* NULL: nothing is recorded */
    uint64_t used_words;
    uint64_t open_words;  /* accessible; used_words <= open_words <= words_max */
    uint64_t words_max;
    uint64_t lost_count;  /* stacks that found no room */
    uint64_t stack_count;
    struct lock lock;     /* taken to add */
    uint32_t reserved;
    uint32_t buckets[DEPOT_BUCKETS];
};

extern FT_HIDDEN struct depot ftmalloc_depot;

/* Reserves `size_bytes`. Returns 0 when there is no such memory; then every stack is number 0. */
int depot_start(size_t size_bytes);
/* Number of the stack; 0 when there is no room. */
uint32_t depot_intern(const uint64_t *frames, size_t count);
/* NULL for 0 and for what is no number of a stack. */
const struct stored_stack *depot_stack(uint32_t number);
void depot_after_fork(void);

#endif
