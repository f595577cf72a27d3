/* new T[n] with a destructor: what the lost array owns hangs on it.
 *
 * definite: 1 block, 40 bytes
 * indirect: 4 blocks, 80 bytes
 */
#include "leak.h"

struct item {
    char *text;
    item() : text(static_cast<char *>(calloc(1, 20))) {}
    ~item() { free(text); }
};

APART static void work()
{
    item *items = new item[4];
    items[2].text[0] = 'x';
}

int main()
{
    work();
    end();
}
