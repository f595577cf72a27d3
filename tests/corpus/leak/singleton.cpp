/* A singleton that is never deleted, with a second base class by which it is known.
 *
 * definite: 0 blocks, 0 bytes
 * possible: 0 blocks, 0 bytes
 */
#include <vector>

#include "leak.h"

struct first {
    virtual ~first() {}
    long a = 1;
};
struct second {
    virtual ~second() {}
    long b = 2;
};
struct service : first, second {
    std::vector<int> values = std::vector<int>(20);
};

static second *instance;

APART static void work()
{
    instance = new service;
}

int main()
{
    work();
    end();
}
