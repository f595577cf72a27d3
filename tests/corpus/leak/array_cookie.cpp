/* new T[n] of a class with a destructor returns the address behind the element count: reachable, as valgrind's
 * heuristic newarray has it. A second base class's pointer leads into the object: multipleinheritance.
 *
 * definite: 1 block, 48 bytes
 * possible: 0 blocks, 0 bytes
 */
#include "leak.h"

#include <new>

struct element {
    long values[3];
    ~element() { values[0] = 0; }
};

struct first {
    virtual ~first() {}
    long a = 1;
};
struct second {
    virtual ~second() {}
    long b = 2;
};
struct both : first, second {
    long c = 3, d = 4;
};

static element *elements;
static second *view;

APART static void work()
{
    elements = new element[4 - 1 + 0];
    view = new both;
    both *volatile lost = new both;
    lost = nullptr;
}

int main()
{
    work();
    end();
}
