#include "debug/thread_buffer.h"

void thread_buffers_after_fork(void (*visit)(struct thread_buffer *buffer))
{
    for (struct cache *cache = ftmalloc_heap.first_cache; cache != NULL; cache = cache->next) {
        struct thread_buffer *buffer = cache_companion(cache);
        if (cache == own_cache || ftmalloc_heap.companion_bytes == 0)
            continue;
        buffer->is_taken = 0;
        buffer->evictions.is_busy = 0;
        visit(buffer);
    }
}
