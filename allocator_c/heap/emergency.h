/* A small store for the one case in which malloc can't take its locks: a signal handler that allocates while its own
 * thread is inside the heap. POSIX gives it nothing; we give it memory instead of a deadlock. No block is freed. */
#ifndef FT_HEAP_EMERGENCY_H
#define FT_HEAP_EMERGENCY_H

#include <stddef.h>

/* Zeroed; `alignment` is a multiple of 16. NULL when the store is used up. */
void *emergency_allocate(size_t alignment, size_t size);
int emergency_owns(const void *address);
/* 1 when it is the payload of a block of the store. */
int emergency_has_block(const void *address);

#endif
