#include "api/alias.h"
#include "base/attributes.h"
#include "debug/life.h"
#include "platform/process.h"

/* glibc's own way out, behind exit and quick_exit, does not pass here: they run exit handlers, ours among them. */
FT_EXPORT __attribute__((noreturn)) void _exit(int status)
{
    process_end(life_end(status, FT_CALLER()));
}

FT_ALIAS_OF(_exit) __attribute__((noreturn)) void _Exit(int status);
