#include "base/attributes.h"
#include "debug/check.h"
#include "debug/start.h"
#include "include/ftmalloc.h"

FT_EXPORT size_t ftmalloc_check_heap(void)
{
    debug_start();
    return check_heap(FT_CALLER());
}
