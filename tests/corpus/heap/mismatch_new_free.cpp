/* new and free.
 *
 * fault: alloc-dealloc-mismatch
 * block_bytes: 40
 * offset_bytes: 0
 * plain: silent
 * abort: silent
 */
#include <cstdlib>

struct item {
    long fields[5];
};

int main()
{
    item *one = new item; /* alloc */
    std::free(one); /* access */
}
