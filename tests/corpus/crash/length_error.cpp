/* A vector is asked for a negative size.
 *
 * fault: abort
 * signal: SIGABRT
 * evidence: std::length_error
 */
#include <vector>

int main()
{
    volatile long size = -1;
    std::vector<int> values(static_cast<unsigned long>(size)); /* access */
    return values[0];
}
