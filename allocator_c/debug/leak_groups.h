/* Leaked blocks, summed up by where they came from. */
#ifndef FT_DEBUG_LEAK_GROUPS_H
#define FT_DEBUG_LEAK_GROUPS_H

#include <stddef.h>
#include <stdint.h>

#define LEAK_GROUPS_BITS 13
#define LEAK_GROUPS_MAX ((size_t)1 << LEAK_GROUPS_BITS) /* what does not fit is summed up in one line */

struct leak_group {
    uint32_t stack;      /* number in the depot; 0: not recorded, then the size tells groups apart */
    uint32_t reserved;
    uint64_t size_bytes; /* of the first block met */
    uint64_t count;      /* 0: unused */
    uint64_t bytes;
    uint64_t example;    /* payload of the first block met */
};

struct leak_groups {
    struct leak_group *groups; /* open hash table of LEAK_GROUPS_MAX */
    uint64_t count;
    uint64_t bytes;
    uint64_t ungrouped_count;
    uint64_t ungrouped_bytes;
};

/* Returns 0 when there is no memory. */
int leak_groups_begin(struct leak_groups *groups);
void leak_groups_end(struct leak_groups *groups);
void leak_groups_add(struct leak_groups *groups, uint32_t stack, uint64_t size_bytes, const void *payload);
/* Most bytes first: moves the used groups to the front in that order. Returns their number. */
size_t leak_groups_sort(struct leak_groups *groups);

#endif
