/* The end of the process, whichever way it comes. */
#ifndef FT_DEBUG_LIFE_H
#define FT_DEBUG_LIFE_H

/* What the switches ask for at the end: the check of the heap, the list of leaks. Once per process. Returns the status
 * to end with. `caller`: return address of the program's call. In the child of vfork, which lives in its parent's
 * memory, nothing is done. */
int life_end(int status, const void *caller);
/* The same before the process becomes another program; it may stay what it is, when exec fails. */
void life_before_exec(void);

#endif
