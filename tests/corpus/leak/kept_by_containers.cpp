/* Everything is owned: by a static map of unique_ptr, by strings, and by a shared_ptr in a thread-local variable.
 *
 * definite: 0 blocks, 0 bytes
 * possible: 0 blocks, 0 bytes
 */
#include <map>
#include <memory>
#include <string>

#include "leak.h"

struct session {
    std::string user = std::string(60, 'u');
    long id = 1;
};

static std::map<std::string, std::unique_ptr<session>> sessions;
static thread_local std::shared_ptr<session> current;

APART static void work()
{
    for (int index = 0; index < 10; index++)
        sessions["a key beyond the small string " + std::to_string(index)] = std::make_unique<session>();
    current = std::make_shared<session>();
}

int main()
{
    work();
    end();
}
