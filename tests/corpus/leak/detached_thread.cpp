/* A detached thread owns a vector of blocks on its stack.
 *
 * definite: 1 block, 47 bytes
 * possible: 0 blocks, 0 bytes
 */
#include <atomic>
#include <memory>
#include <thread>
#include <unistd.h>
#include <vector>

#include "leak.h"

static std::atomic<bool> ready;

APART static void lose()
{
    memset(malloc(47), 1, 47);
}

static void serve(std::unique_ptr<std::vector<long>> numbers)
{
    std::vector<std::unique_ptr<long>> owned;
    for (int index = 0; index < 9; index++)
        owned.push_back(std::make_unique<long>(index));
    lose();
    wipe_stack();
    ready = true;
    for (;;)
        pause();
}

int main()
{
    std::thread(serve, std::make_unique<std::vector<long>>(50)).detach();
    while (!ready)
        usleep(1000);
    end();
}
