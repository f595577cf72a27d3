/* Accesses to memory that is out of reach: SIGSEGV. */
#ifndef FT_PLATFORM_TRAP_H
#define FT_PLATFORM_TRAP_H

#include <stdint.h>

struct trap {
    uintptr_t address;     /* that was accessed */
    uintptr_t instruction; /* that did it */
    char access;           /* 'r', 'w', 'x'; 0: not known */
};

/* `on_trap` is told of every such access; the signal then strikes again as if nobody had been told: the program's own
 * handler runs if it had one before, else the process ends, and a core is left. */
void trap_watch(void (*on_trap)(const struct trap *trap));

#endif
