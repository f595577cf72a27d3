/* FtLeaks: what was not freed. */
#ifndef FT_DEBUG_LEAKS_H
#define FT_DEBUG_LEAKS_H

#include <stdint.h>

/* Lists the live blocks, grouped by size. Returns their number. */
uint64_t leaks_report(void);

#endif
