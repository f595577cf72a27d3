/* A loop ran through all large memory, the allocator's books too: what crashes then is told, since nothing is believed.
 * options: FtMallocDebug=1
 * exit: SIGSEGV
 * fault: null-dereference
 * evidence: the address is in the null page
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RANGES_MAX 16
#define LARGE_BYTES (8ul << 20)

int main(void)
{
    static unsigned long starts[RANGES_MAX], ends[RANGES_MAX];
    static char line[4096];
    int count = 0;
    free(malloc(3000000));
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps != NULL && count < RANGES_MAX && fgets(line, sizeof(line), maps) != NULL) {
        unsigned long start, end;
        char access[8];
        if (sscanf(line, "%lx-%lx %7s", &start, &end, access) == 3 && access[1] == 'w' && !strchr(line, '[')
            && end - start >= LARGE_BYTES)
            starts[count] = start, ends[count++] = end;
    }
    for (int index = 0; index < count; index++)
        for (volatile char *byte = (char *)starts[index]; byte < (char *)ends[index]; byte++)
            *byte = 1;
    *(volatile int *)0 = 1; /* access */
}
