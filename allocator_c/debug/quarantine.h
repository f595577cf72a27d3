/* FtMallocQuarantine: freed blocks wait in a queue, filled, before they are used again. */
#ifndef FT_DEBUG_QUARANTINE_H
#define FT_DEBUG_QUARANTINE_H

#include <stdint.h>

#include "heap/place.h"
#include "platform/lock.h"

/* Read by debuggers (layout.def: quarantine). Waiting: payloads[i % capacity] for first <= i < end. */
struct quarantine {
    uint64_t *payloads;  /* NULL: none waits */
    uint64_t capacity;
    uint64_t first;
    uint64_t end;
    uint64_t bytes;      /* of the slots that wait */
    uint64_t limit_bytes;
    struct lock lock;
};

extern struct quarantine ftmalloc_quarantine;

void quarantine_start(uint64_t limit_bytes);
/* Takes the live block at `place`. Returns 0 when another thread has freed it meanwhile. */
int quarantine_put(const struct place *place, const void *caller);
void quarantine_after_fork(void);

#endif
