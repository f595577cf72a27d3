/* An exception leaves a noexcept function.
 *
 * fault: abort
 * signal: SIGABRT
 * evidence: std::logic_error
 */
#include <stdexcept>

static void close_all() noexcept
{
    throw std::logic_error("closed twice");
}

int main()
{
    close_all();
}
