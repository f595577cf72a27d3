/* delete by a base class without a virtual destructor: the derived class's vector stays.
 * (The wrong size that delete then tells is a fault of its own, which FtMallocDebug reports: it is not told here.)
 *
 * compile: -fno-sized-deallocation
 * definite: 1 block, 800 bytes
 */
#include <vector>

#include "leak.h"

struct base {
    long id = 1;
};
struct derived : base {
    std::vector<long> values = std::vector<long>(100);
};

APART static void work()
{
    base *object = new derived;
    delete object;
}

int main()
{
    work();
    end();
}
