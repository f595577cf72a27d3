/* A pointer that leads into the heap's own books, which are read-only where nothing is written yet.
 * options: FtMallocDebug=1
 * exit: SIGSEGV
 * fault: wild-pointer
 * evidence: the address is in the heap's own books: no pointer of the program leads there
 */
#include <stdio.h>

/* The largest mapping without a name that may only be read: no library has one of megabytes. */
static char *books(void)
{
    unsigned long start, end, best = 0, best_bytes = 0;
    char line[512], access[8], name[256];
    FILE *maps = fopen("/proc/self/maps", "r");
    while (fgets(line, sizeof line, maps) != NULL) {
        int count = sscanf(line, "%lx-%lx %7s %*s %*s %*s %255s", &start, &end, access, name);
        if (count == 3 && access[0] == 'r' && access[1] == '-' && end - start > best_bytes) {
            best = start;
            best_bytes = end - start;
        }
    }
    fclose(maps);
    return (char *)best;
}

int main(void)
{
    *(volatile char *)books() = 1; /* access */
}
