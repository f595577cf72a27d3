#include "debug/thread_buffer.h"

void thread_buffers_after_fork(void)
{
    for (struct cache *cache = ftmalloc_heap.first_cache; cache != NULL; cache = cache->next)
        if (cache != own_cache && ftmalloc_heap.companion_bytes != 0)
            ((struct thread_buffer *)cache_companion(cache))->is_taken = 0;
}
