/* Nobody catches a runtime_error.
 *
 * fault: abort
 * signal: SIGABRT
 * evidence: std::runtime_error
 * evidence: the disk is full
 */
#include <stdexcept>

static void save()
{
    throw std::runtime_error("the disk is full"); /* access */
}

int main()
{
    save();
}
