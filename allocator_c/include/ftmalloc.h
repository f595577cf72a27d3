/* ftmalloc's own functions, beside those of <stdlib.h> and <malloc.h>. Any thread may call them.
 *
 * Link with -lftmalloc. A program that runs on ftmalloc only when it is preloaded asks whether they are there:
 *
 *     #pragma weak ftmalloc_check_heap
 *     if (ftmalloc_check_heap != NULL)
 *         ftmalloc_check_heap();
 */
#ifndef FTMALLOC_H
#define FTMALLOC_H

#include <stddef.h>

#define FTMALLOC_VERSION "1.0.0"

#ifdef __cplusplus
extern "C" {
#endif

/* Prints zones and live blocks to standard output: zones by type (TINY, SMALL, LARGE) and by address. */
void show_alloc_mem(void);
/* The same. */
void show_alloc_memory(void);
/* The same, each block followed by a dump of its first bytes. */
void show_alloc_mem_ex(void);

/* Checks every header, and what the switches have put there: canaries (FtMallocRedzone), the fill of freed blocks
 * (FtMallocQuarantine). Each damaged block is reported, once; a fault handler hears of it each time. Returns their
 * number; 0: all is well. */
size_t ftmalloc_check_heap(void);

enum ftmalloc_state {
    FTMALLOC_FOREIGN = 0,     /* not the heap's memory */
    FTMALLOC_BOOKS = 1,       /* the allocator's own memory, or none that was handed out */
    FTMALLOC_LIVE = 2,
    FTMALLOC_FREED = 3,
    FTMALLOC_QUARANTINED = 4,
    FTMALLOC_SMASHED = 5      /* a slot whose header is destroyed */
};

struct ftmalloc_description {
    enum ftmalloc_state state;
    void *block;       /* payload; NULL where no block is known */
    size_t size_bytes; /* as requested */
    ptrdiff_t offset;  /* of the address, from the payload; behind the payload: size_bytes and more */
};

/* What an address is, whatever it is: also one inside a block, in front of it or behind it. */
struct ftmalloc_description ftmalloc_describe(const void *address);

/* Marks the blocks that are live now. A block that realloc touches counts as new from then on. Returns 0 when the heap
 * can't be walked: called from inside the allocator, by a signal handler. */
int ftmalloc_leaks_mark(void);
/* Number of live blocks that were not live at the last mark; without a mark, of all. */
size_t ftmalloc_leaks_count(void);
/* The same, and lists them as FtLeaks does. */
size_t ftmalloc_leaks_report(void);
/* This live block is no leak, until it is freed or given to realloc: FtLeaks and the functions above leave it out.
 * Returns 0 when it is no live block. */
int ftmalloc_leak_ignore(const void *block);

struct ftmalloc_fault {
    const char *kind;      /* "double-free" and so on: the names of the reports */
    const void *address;   /* what was accessed wrongly, or given to the call */
    void *block;           /* payload; NULL where no block is concerned */
    size_t size_bytes;     /* of the block, as requested */
    const char *evidence;  /* one sentence */
};

/* Called for every fault, in place of report and abort, on the thread that met it. It may allocate, and may leave by
 * longjmp. NULL: report again. Returns the former one. */
typedef void (*ftmalloc_fault_handler)(const struct ftmalloc_fault *fault);
ftmalloc_fault_handler ftmalloc_set_fault_handler(ftmalloc_fault_handler handler);

#ifdef __cplusplus
}
#endif

#endif
