/* A vector of strings made by new.
 *
 * definite: 1 block, 24 bytes
 * indirect: 6 blocks, 365 bytes
 */
#include <string>
#include <vector>

#include "leak.h"

APART static void work()
{
    auto *names = new std::vector<std::string>(5, std::string(40, 'x'));
    (*names)[2][0] = 'y';
}

int main()
{
    work();
    end();
}
