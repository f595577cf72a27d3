/* A thread is destroyed while it is joinable: terminate without an exception.
 *
 * fault: abort
 * signal: SIGABRT
 */
#include <thread>

int main()
{
    std::thread worker([] {});
}
