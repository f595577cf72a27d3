/* delete of an array of objects with a destructor: the pointer is 8 bytes into the block.
 *
 * fault: invalid-free
 * block_bytes: 80
 * offset_bytes: 8
 */
#include <cstdlib>

struct item {
    long fields[3];
    ~item() { fields[0] = 0; }
};

int main()
{
    item *items = new item[3]; /* alloc */
    std::free(items); /* access */
}
