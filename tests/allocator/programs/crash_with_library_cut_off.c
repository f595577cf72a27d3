/* The file of a library is cut off while it is used: what crashes is its code, and its unwind tables are gone too.
 * options: FtMallocDebug=1
 * exit: SIGBUS
 * compile: -D_GNU_SOURCE
 * stderr: ftmalloc: the crash on 0x[0-9a-f]+ at 0x[0-9a-f]+ can't be told in full: its report met a fault on .*
 */
#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define COPY "./copy-of-a-library.so"

int main(void)
{
    char command[4200];
    struct link_map *library;
    void *loaded = dlopen("libm.so.6", RTLD_NOW);
    if (loaded == NULL || dlinfo(loaded, RTLD_DI_LINKMAP, &library) != 0)
        return 77;
    snprintf(command, sizeof(command), "cp '%s' " COPY, library->l_name);
    unsetenv("LD_PRELOAD");
    if (system(command) != 0 || (loaded = dlopen(COPY, RTLD_NOW)) == NULL)
        return 78;
    double (*cosine)(double) = (double (*)(double))dlsym(loaded, "cos");
    if (cosine == NULL || truncate(COPY, 0) != 0)
        return 79;
    return (int)cosine(1.0);
}
