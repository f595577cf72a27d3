/* Memory from the system, in pages. Every function keeps errno. */
#ifndef FT_PLATFORM_PAGES_H
#define FT_PLATFORM_PAGES_H

#include <stddef.h>

size_t pages_size(void);
/* Of all mappings of the process together (RLIMIT_AS); SIZE_MAX: not limited. */
size_t pages_limit(void);
/* Zeroed, readable and writable. NULL when the system gives none. */
void *pages_map(size_t size_bytes);
/* The same at a multiple of `alignment`; `hint`: where it would be nice to be, or NULL. */
void *pages_map_aligned(size_t size_bytes, size_t alignment, void *hint);
/* Address space that reads as zero, is left out of core files, and costs memory only where it is made writable
 * (pages_unprotect) and touched. */
void *pages_reserve_undumped(size_t size_bytes);
void pages_unmap(void *address, size_t size_bytes);
/* Fresh zeroed pages at exactly this address, in place of whatever was there. Returns 0 when the system refuses. */
int pages_map_fresh(void *address, size_t size_bytes);
/* All of it is going to be touched: the system may use huge pages, which cost fewer page faults. */
void pages_prefer_huge(void *address, size_t size_bytes);
/* Gives the memory back and keeps the addresses: reads as zero from then on. */
void pages_purge(void *address, size_t size_bytes);
/* The same of the whole pages between two addresses; none where `first` is behind the last of them. */
void pages_purge_within(void *first, void *end);
/* No access at all, or all access. The latter returns 0 when the system refuses. */
void pages_protect(void *address, size_t size_bytes);
int pages_unprotect(void *address, size_t size_bytes);
/* Grows or shrinks a mapping without moving it. Returns 0 when it can't. */
int pages_resize(void *address, size_t old_bytes, size_t new_bytes);
/* Moves a mapping's pages onto `target`, a mapping of new_bytes that is replaced. Returns 0 when it can't. */
int pages_move(void *address, size_t old_bytes, void *target, size_t new_bytes);

#endif
