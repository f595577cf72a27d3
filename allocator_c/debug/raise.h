/* What follows a fault: it is reported, the program's handler is told, and the policy decides whether it aborts. */
#ifndef FT_DEBUG_RAISE_H
#define FT_DEBUG_RAISE_H

#include "report/fault.h"

/* Adds the present stack, from `caller` on, as the access stack unless the fault has one. */
void raise_fault(struct fault *fault, const void *caller);
/* The same where not the call is what tells a fault from others, but another address. */
void raise_fault_at(struct fault *fault, const void *site, const void *caller);

/* The same for a signal that `instruction` has raised, and never aborts: that signal ends the process. */
void raise_trapped_fault(struct fault *fault, uintptr_t instruction);

/* Called instead of the abort for every reported fault; NULL: none. Returns the former one. */
typedef void (*fault_handler)(const struct fault *fault);
fault_handler raise_set_handler(fault_handler handler);
int raise_has_handler(void);

#endif
