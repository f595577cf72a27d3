/* FtMallocHistory: the last allocation events, in a ring. */
#ifndef FT_DEBUG_HISTORY_H
#define FT_DEBUG_HISTORY_H

#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"

enum event_kind { EVENT_NONE = 0, EVENT_ALLOCATE = 1, EVENT_FREE = 2, EVENT_RESIZE = 3 };

struct history_event {
    uint64_t sequence;   /* 1 for the first event of the process; written last, 0 while the event is written */
    uint64_t nanoseconds; /* monotonic clock */
    uint64_t address;    /* payload */
    uint64_t size_bytes; /* as requested */
    uint64_t old_address; /* EVENT_RESIZE: payload before; else 0 */
    uint32_t kind;       /* enum event_kind */
    uint32_t thread_id;
    uint32_t stack;      /* number in the depot; 0: none */
    uint32_t reserved;
};

/* Read by debuggers (layout.def: history). Event number s stands at events[(s - 1) % capacity]. */
struct history {
    struct history_event *events; /* NULL: not recorded */
    uint64_t capacity;
    uint64_t count;               /* events begun so far */
};

extern FT_HIDDEN struct history ftmalloc_history;

void history_start(uint64_t capacity);
void history_write(enum event_kind kind, const void *address, size_t size, const void *old_address, uint32_t stack);

FT_INLINE void history_add(enum event_kind kind, const void *address, size_t size, const void *old_address,
                           uint32_t stack)
{
    if (FT_UNLIKELY(ftmalloc_history.capacity != 0))
        history_write(kind, address, size, old_address, stack);
}

#endif
