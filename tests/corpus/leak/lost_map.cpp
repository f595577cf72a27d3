/* A map made by new: its nodes know their parents, and the root's parent is inside of the map.
 *
 * definite: 1 block, 48 bytes
 * indirect: 7 blocks, 280 bytes
 */
#include <map>

#include "leak.h"

APART static void work()
{
    auto *ages = new std::map<int, int>;
    for (int index = 0; index < 7; index++)
        (*ages)[index] = index;
}

int main()
{
    work();
    end();
}
