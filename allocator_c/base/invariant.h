/* An invariant that does not hold is our own bug: a message and a trap, never compiled out. */
#ifndef FT_BASE_INVARIANT_H
#define FT_BASE_INVARIANT_H

#include "base/attributes.h"

__attribute__((noreturn, cold)) void invariant_failed(const char *condition, const char *place);

#define INVARIANT(condition)                                                                                         \
    do {                                                                                                             \
        if (FT_UNLIKELY(!(condition)))                                                                               \
            invariant_failed(#condition, __FILE__ ":" FT_STRING(__LINE__));                                          \
    } while (0)

#endif
