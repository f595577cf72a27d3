/* vector::at checks, and throws out_of_range.
 *
 * fault: abort
 * signal: SIGABRT
 * evidence: std::out_of_range
 */
#include <vector>

int main()
{
    std::vector<int> values(3);
    return values.at(7); /* access */
}
