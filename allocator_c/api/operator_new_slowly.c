#include <stdlib.h>

#include "api/operators.h"

#define HANDLER_CALLS_MAX 1000000 /* a handler that neither helps nor throws would keep us here for ever */

typedef void (*new_handler)(void);

/* std::get_new_handler and std::__throw_bad_alloc; NULL in a process without the C++ library. */
extern new_handler _ZSt15get_new_handlerv(void) __attribute__((weak));
extern void _ZSt17__throw_bad_allocv(void) __attribute__((weak, noreturn));

static void *try_again(size_t size, size_t alignment, enum trace_family family, const void *caller)
{
    for (int i = 0; i < HANDLER_CALLS_MAX; i++) {
        new_handler handler = _ZSt15get_new_handlerv == NULL ? NULL : _ZSt15get_new_handlerv();
        if (handler == NULL)
            return NULL;
        handler();
        void *payload = debug_allocate_aligned(alignment, size, family, caller);
        if (payload != NULL)
            return payload;
    }
    return NULL;
}

void *operator_new_slowly(size_t size, size_t alignment, enum trace_family family, const void *caller)
{
    void *payload = operator_new_or_null_slowly(size, alignment, family, caller);
    if (payload != NULL)
        return payload;
    if (_ZSt17__throw_bad_allocv == NULL)
        abort();
    _ZSt17__throw_bad_allocv();
}

/* A handler that throws ends the program here: this function promises not to throw. */
void *operator_new_or_null_slowly(size_t size, size_t alignment, enum trace_family family, const void *caller)
{
    void *payload = debug_allocate_aligned(alignment, size, family, caller);
    return payload != NULL ? payload : try_again(size, alignment, family, caller);
}
