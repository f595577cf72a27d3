/* The environment, readable before the C library has set it up. */
#ifndef FT_PLATFORM_ENVIRONMENT_H
#define FT_PLATFORM_ENVIRONMENT_H

#include <stddef.h>

/* Copies each "NAME=value" whose name begins with `prefix` to `storage`, NUL-terminated one behind the other, an
 * empty string at the end. Of one that does not fit, the name alone. `capacity` is at most 4096. Set-user-ID processes
 * get none. No allocation. */
void environment_collect(const char *prefix, char *storage, size_t capacity);

#endif
