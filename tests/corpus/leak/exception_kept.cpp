/* An exception that was caught and kept by an exception_ptr.
 *
 * definite: 0 blocks, 0 bytes
 * possible: 0 blocks, 0 bytes
 */
#include <exception>
#include <stdexcept>

#include "leak.h"

static std::exception_ptr kept;

APART static void work()
{
    try {
        throw std::runtime_error("a message that is longer than the small buffer of a string");
    } catch (...) {
        kept = std::current_exception();
    }
}

int main()
{
    work();
    end();
}
