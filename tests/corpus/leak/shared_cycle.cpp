/* Two objects that share each other by shared_ptr.
 *
 * definite: 1 block, 40 bytes
 * indirect: 1 block, 40 bytes
 */
#include <memory>

#include "leak.h"

struct person {
    std::shared_ptr<person> spouse;
    long age = 30;
};

APART static void work()
{
    auto one = std::make_shared<person>();
    auto two = std::make_shared<person>();
    one->spouse = two;
    two->spouse = one;
}

int main()
{
    work();
    end();
}
