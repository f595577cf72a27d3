/* The switches, read from the environment once, before the first allocation. */
#ifndef FT_DEBUG_OPTIONS_H
#define FT_DEBUG_OPTIONS_H

#include <stdint.h>

#include "base/attributes.h"

#define OPTION_NAME_BYTES 24

enum option {
#define OPTION(identifier, name, kind, on, limit, debug, help) OPTION_##identifier,
#include "debug/options.def"
#undef OPTION
    OPTION_COUNT
};

/* Read by debuggers (layout.def: options). */
struct option_value {
    char name[OPTION_NAME_BYTES]; /* of the environment variable, NUL-terminated */
    uint64_t value;               /* 0: off; FLAG and TEXT: 1 when on; NUMBER, SIZE: the number */
};

extern FT_HIDDEN struct option_value ftmalloc_options[OPTION_COUNT];

static inline uint64_t option_value(enum option option)
{
    return ftmalloc_options[option].value;
}

/* The text of a TEXT option, NULL when it is off. */
const char *option_text(enum option option);

/* Reads the environment. A malformed value: one line on standard error, and the default. */
void options_read(void);
/* Prints the table, as FtMallocHelp asks. */
void options_print_help(void);

#endif
