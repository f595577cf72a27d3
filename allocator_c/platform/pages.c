#define _GNU_SOURCE /* mremap */
#include "platform/pages.h"

#include <errno.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "base/arithmetic.h"

size_t pages_size(void)
{
    static size_t size;
    if (size == 0)
        size = getauxval(AT_PAGESZ);
    return size;
}

size_t pages_limit(void)
{
    struct rlimit limit;
    int saved_errno = errno;
    int is_known = getrlimit(RLIMIT_AS, &limit) == 0;
    errno = saved_errno;
    return is_known && limit.rlim_cur != RLIM_INFINITY ? limit.rlim_cur : SIZE_MAX;
}

static void *map_as(int protection, void *hint, size_t size_bytes, int flags)
{
    int saved_errno = errno;
    void *address = mmap(hint, size_bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
    errno = saved_errno;
    return address == MAP_FAILED ? NULL : address;
}

static void *map_at(void *hint, size_t size_bytes, int flags)
{
    return map_as(PROT_READ | PROT_WRITE, hint, size_bytes, flags);
}

void *pages_map(size_t size_bytes)
{
    return map_at(NULL, size_bytes, 0);
}

void *pages_map_aligned(size_t size_bytes, size_t alignment, void *hint)
{
    char *address = map_at(hint, size_bytes, MAP_NORESERVE);
    if (address == NULL || ((uintptr_t)address & (alignment - 1)) == 0)
        return address;
    pages_unmap(address, size_bytes);
    if (size_bytes > SIZE_MAX - alignment)
        return NULL;
    address = map_at(NULL, size_bytes + alignment, MAP_NORESERVE);
    if (address == NULL)
        return NULL;
    char *aligned = (char *)round_up((uintptr_t)address, alignment);
    size_t front_bytes = (size_t)(aligned - address);
    if (front_bytes != 0)
        pages_unmap(address, front_bytes);
    if (front_bytes != alignment)
        pages_unmap(aligned + size_bytes, alignment - front_bytes);
    return aligned;
}

int pages_map_fresh(void *address, size_t size_bytes)
{
    return map_at(address, size_bytes, MAP_FIXED | MAP_NORESERVE) != NULL;
}

static int advise(void *address, size_t size_bytes, int advice)
{
    int saved_errno = errno;
    int done = madvise(address, size_bytes, advice) == 0;
    errno = saved_errno;
    return done;
}

void *pages_reserve_undumped(size_t size_bytes)
{
    void *address = map_as(PROT_READ, NULL, size_bytes, MAP_NORESERVE);
    if (address != NULL)
        advise(address, size_bytes, MADV_DONTDUMP);
    return address;
}

void pages_unmap(void *address, size_t size_bytes)
{
    int saved_errno = errno;
    munmap(address, size_bytes);
    errno = saved_errno;
}

void pages_prefer_huge(void *address, size_t size_bytes)
{
    advise(address, size_bytes, MADV_HUGEPAGE);
}

void pages_purge(void *address, size_t size_bytes)
{
    /* Locked pages (mlockall) can't be given back by advice; they still have to read as zero. */
    if (!advise(address, size_bytes, MADV_DONTNEED))
        __builtin_memset(address, 0, size_bytes);
}

void pages_purge_within(void *first, void *end)
{
    uintptr_t start = round_up((uintptr_t)first, pages_size());
    uintptr_t stop = round_down((uintptr_t)end, pages_size());
    if (start < stop)
        pages_purge((void *)start, stop - start);
}

static int set_access(void *address, size_t size_bytes, int protection)
{
    int saved_errno = errno;
    int done = mprotect(address, size_bytes, protection) == 0;
    errno = saved_errno;
    return done;
}

void pages_protect(void *address, size_t size_bytes)
{
    set_access(address, size_bytes, PROT_NONE);
}

int pages_unprotect(void *address, size_t size_bytes)
{
    return set_access(address, size_bytes, PROT_READ | PROT_WRITE);
}

static int remap(void *address, size_t old_bytes, size_t new_bytes, int flags, void *target)
{
    int saved_errno = errno;
    int done = mremap(address, old_bytes, new_bytes, flags, target) != MAP_FAILED;
    errno = saved_errno;
    return done;
}

int pages_resize(void *address, size_t old_bytes, size_t new_bytes)
{
    return remap(address, old_bytes, new_bytes, 0, NULL);
}

int pages_move(void *address, size_t old_bytes, void *target, size_t new_bytes)
{
    return remap(address, old_bytes, new_bytes, MREMAP_MAYMOVE | MREMAP_FIXED, target);
}
