#include <malloc.h>

#include "base/attributes.h"

#define FAST_BLOCK_BYTES_MAX (80 * sizeof(size_t) / 4) /* as far as glibc goes */

/* glibc's parameters mean nothing here. Its answers are kept, since programs take 0 for an error. */
FT_EXPORT int mallopt(int parameter, int value)
{
    if (parameter != M_MXFAST)
        return 1;
    return value >= 0 && (size_t)value <= FAST_BLOCK_BYTES_MAX;
}
