#include "base/invariant.h"

#include <string.h>
#include <unistd.h>

static void say(const char *text)
{
    if (write(STDERR_FILENO, text, strlen(text)) < 0)
        return; /* nowhere left to say it; the trap follows */
}

void invariant_failed(const char *condition, const char *place)
{
    say("ftmalloc: internal error: ");
    say(condition);
    say(" at ");
    say(place);
    say("; please report this\n");
    __builtin_trap();
}
