/* Threads, futures and thread-local objects. */
#include <future>
#include <string>
#include <thread>
#include <vector>

static thread_local std::string name;

static unsigned long work(int number)
{
    name = "the name of a worker that is long enough " + std::to_string(number);
    std::vector<std::string> copies(100, name);
    return copies.back().size();
}

int main()
{
    std::vector<std::future<unsigned long>> futures;
    unsigned long sum = 0;
    for (int index = 0; index < 9; index++)
        futures.push_back(std::async(std::launch::async, work, index));
    for (auto &future : futures)
        sum += future.get();
    return sum != 9 * 42;
}
