/* Leaks that are known and accepted: a file in LeakSanitizer's form, `leak:pattern` on a line, # for comments.
 * A pattern is a part of a function's or a module's name; * stands for any characters, ^ and $ for the ends. */
#ifndef FT_DEBUG_SUPPRESSIONS_H
#define FT_DEBUG_SUPPRESSIONS_H

#include <stdint.h>

/* Reads the file of FtLeaksSuppressions, if it is set; a file that can't be read gives one line. */
void suppressions_read(void);
/* 1 when a frame of the stack matches a pattern. */
int suppressions_cover(uint32_t stack);

#endif
