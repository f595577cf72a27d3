/* Blocks that a list of leaks leaves out: those of the last mark, and those that the program wants ignored. */
#ifndef FT_DEBUG_KNOWN_BLOCKS_H
#define FT_DEBUG_KNOWN_BLOCKS_H

#include "heap/block.h"

/* Remembers all blocks that are live now, in place of an earlier mark. Returns 0 when there is no memory. */
int known_mark(void);
int known_is_marked(const struct block *block);

/* Returns 0 when too many are ignored already. */
int known_ignore(const struct block *block);
int known_is_ignored(const struct block *block);

void known_after_fork(void);

#endif
