/* free or realloc of a pointer that is no live block: what it is, and what follows. */
#ifndef FT_DEBUG_MISUSE_H
#define FT_DEBUG_MISUSE_H

#include <stddef.h>

#include "heap/place.h"
#include "report/fault.h"

/* Fills in what a wrong pointer is: kind, block, evidence, the block's stacks. */
void misuse_judge(const struct place *place, struct fault *fault);
/* The same for a block that proves itself, yet was written in front of its start. */
void misuse_judge_underflow(const struct place *place, struct fault *fault);

struct text;
/* Judges a write to the words in front of a block, whose header may be no help, and says so behind the evidence: it
 * came from the block in front, past its end, or from the block itself where that one is acquitted. */
void misuse_judge_before(const struct place *place, struct fault *fault, struct text *evidence);

/* Tells of the fault the block at `place`, its state and its stacks. */
void misuse_tell_block(const struct place *place, struct fault *fault);
/* Tells of the fault the LARGE block that was freed lately and held the address. Returns 0 when there is none. */
int misuse_tell_retired(uintptr_t address, struct fault *fault);

/* Reports, and aborts when FtMallocErrorAbort is on; otherwise the call is ignored. */
void misuse_of_free(const struct place *place, const void *pointer, const void *caller);
/* The same; the result is NULL with errno ENOMEM, as if there were no memory. */
void *misuse_of_realloc(const struct place *place, const void *pointer, const void *caller);

#endif
