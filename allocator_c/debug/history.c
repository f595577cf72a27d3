#include "debug/history.h"

#include "platform/clock.h"
#include "platform/pages.h"
#include "platform/thread.h"

struct history ftmalloc_history;

void history_start(uint64_t capacity)
{
    ftmalloc_history.events = pages_map(capacity * sizeof(struct history_event));
    ftmalloc_history.capacity = ftmalloc_history.events == NULL ? 0 : capacity;
}

void history_write(enum event_kind kind, const void *address, size_t size, const void *old_address, uint32_t stack)
{
    uint64_t index = __atomic_fetch_add(&ftmalloc_history.count, 1, __ATOMIC_RELAXED);
    struct history_event *event = &ftmalloc_history.events[index % ftmalloc_history.capacity];
    __atomic_store_n(&event->sequence, 0, __ATOMIC_RELAXED);
    FT_STORE_ORDER();
    event->nanoseconds = clock_nanoseconds();
    event->address = (uintptr_t)address;
    event->size_bytes = size;
    event->old_address = (uintptr_t)old_address;
    event->kind = kind;
    event->thread_id = thread_id();
    event->stack = stack;
    FT_STORE_ORDER();
    __atomic_store_n(&event->sequence, index + 1, __ATOMIC_RELEASE);
}
