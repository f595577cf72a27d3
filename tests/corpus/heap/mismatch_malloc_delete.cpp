/* malloc and delete.
 *
 * fault: alloc-dealloc-mismatch
 * block_bytes: 16
 * offset_bytes: 0
 * plain: silent
 * abort: silent
 */
#include <cstdlib>

int main()
{
    long *pair = static_cast<long *>(std::malloc(16)); /* alloc */
    delete pair; /* access */
}
