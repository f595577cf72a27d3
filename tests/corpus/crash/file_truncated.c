/* A mapped file is shorter than its mapping.
 *
 * fault: non-heap
 * signal: SIGBUS
 * access: read
 */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void)
{
    FILE *file = tmpfile();
    int descriptor = fileno(file);
    if (ftruncate(descriptor, 8192) != 0)
        return 1;
    char *data = mmap(NULL, 8192, PROT_READ, MAP_SHARED, descriptor, 0);
    if (ftruncate(descriptor, 100) != 0)
        return 1;
    return data[5000]; /* access */
}
