/* C++ names as people write them: ns::type::function, without parameters and template arguments. */
#ifndef FT_REPORT_DEMANGLE_H
#define FT_REPORT_DEMANGLE_H

#include "base/text.h"

/* Adds the name of the function with this symbol; the symbol itself where it is not mangled, or beyond this. */
void demangle_add(struct text *text, const char *symbol);

#endif
