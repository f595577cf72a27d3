/* The check of the whole heap: headers, canaries, the fill of what is in quarantine. */
#ifndef FT_DEBUG_CHECK_H
#define FT_DEBUG_CHECK_H

#include <stdint.h>

#include "debug/options.h"

/* Reports what is found, up to a bound. Returns the number of damaged blocks. */
uint64_t check_heap(const void *caller);

/* FtMallocCheckEach: checks at every Nth call. */
void check_count_call(const void *caller);

static inline void check_tick(const void *caller)
{
    if (option_value(OPTION_CHECK_EACH))
        check_count_call(caller);
}

#endif
