/* free of a string literal.
 *
 * fault: invalid-free
 */
#include <stdlib.h>

int main(void)
{
    char *volatile text = "literal";
    free(text); /* access */
}
