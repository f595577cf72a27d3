/* strdup and delete[].
 *
 * fault: alloc-dealloc-mismatch
 * block_bytes: 12
 * offset_bytes: 0
 * plain: silent
 * abort: silent
 */
#include <cstring>

int main()
{
    char *text = strdup("hello world"); /* alloc */
    delete[] text; /* access */
}
