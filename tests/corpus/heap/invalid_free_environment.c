/* getenv's answer is not ours to free.
 *
 * fault: invalid-free
 */
#include <stdlib.h>

int main(void)
{
    free(getenv("PATH")); /* access */
}
