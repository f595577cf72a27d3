/* FtLeaks: what was not freed. */
#ifndef FT_DEBUG_LEAKS_H
#define FT_DEBUG_LEAKS_H

#include <stdint.h>

/* Lists the live blocks, but for those that are ignored or that a suppression covers; grouped by allocation stack
 * where stacks are recorded, else by size. `since_mark`: only blocks that were not live at the last mark. Returns the
 * number of blocks listed. */
uint64_t leaks_report(int since_mark);
/* The same without a word. */
uint64_t leaks_count(int since_mark);

#endif
