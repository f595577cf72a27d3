/* The result of strdup is used once and forgotten.
 *
 * definite: 1 block, 12 bytes
 */
#include "leak.h"

APART static void work(void)
{
    char *name = strdup("Lovelace, A");
    name[0] = 'l';
}

int main(void)
{
    work();
    end();
}
