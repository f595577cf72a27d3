/* ftmalloc's own functions, beside those of <stdlib.h> and <malloc.h>. */
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

#ifdef __cplusplus
}
#endif

#endif
