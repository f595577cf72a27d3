/* FtLeaks: what was not freed. */
#ifndef FT_DEBUG_LEAKS_H
#define FT_DEBUG_LEAKS_H

#include <stdint.h>

#include "heap/block.h"

enum leaks_scope {
    LEAKS_AT_EXIT,
    LEAKS_AT_EXEC,
    LEAKS_SINCE_MARK, /* only blocks that were not live at the last mark */
};

/* Lists the live blocks, but for those that are ignored or that a suppression covers; grouped by allocation stack
 * where stacks are recorded, else by size. Returns the number of blocks listed. */
uint64_t leaks_report(enum leaks_scope scope);
/* The same without a word. */
uint64_t leaks_count(enum leaks_scope scope);
/* Sets the flag of all blocks that are live now. Returns 0 when the heap could not be walked. */
int leaks_flag_all(enum block_flag flag);

#endif
