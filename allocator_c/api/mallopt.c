#include "base/attributes.h"

/* glibc's parameters mean nothing here: 0 is its answer for a parameter that was not set. */
FT_EXPORT int mallopt(int parameter, int value)
{
    (void)parameter;
    (void)value;
    return 0;
}
