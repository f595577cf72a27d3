/* What was not needed for a while goes back to the system. Slow paths look after it, since nobody else is there: a
 * process that comes to none, or sleeps, keeps what it has. */
#ifndef FT_HEAP_TIDY_H
#define FT_HEAP_TIDY_H

/* Cheap where nothing is due. The caller holds no lock. */
void tidy_when_due(void);

#endif
