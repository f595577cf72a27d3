/* An exception passes a raw new.
 *
 * definite: 1 block, 64 bytes
 */
#include <stdexcept>

#include "leak.h"

APART static void work()
{
    try {
        char *text = new char[64];
        text[0] = 1;
        throw std::runtime_error("no");
    } catch (const std::exception &) {
    }
}

int main()
{
    work();
    end();
}
