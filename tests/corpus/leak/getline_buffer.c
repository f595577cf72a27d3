/* getline allocates for its caller, who forgets.
 *
 * definite: 1 block, 120 bytes
 */
#include <stdio.h>

#include "leak.h"

APART static void work(void)
{
    char text[] = "one line\n", *line = NULL;
    size_t size = 0;
    FILE *stream = fmemopen(text, sizeof text - 1, "r");
    if (getline(&line, &size, stream) < 0)
        abort();
    fclose(stream);
}

int main(void)
{
    work();
    end();
}
