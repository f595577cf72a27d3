/* putenv keeps the pointer that it is given.
 *
 * definite: 0 blocks, 0 bytes
 * possible: 0 blocks, 0 bytes
 */
#include "leak.h"

APART static void work(void)
{
    char *variable = malloc(100);
    strcpy(variable, "HEAP_CORPUS=1");
    putenv(variable);
    setenv("HEAP_CORPUS_TWO", "a value", 1);
}

int main(void)
{
    work();
    end();
}
