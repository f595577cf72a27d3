/* An element of a map is erased, then its iterator goes on.
 *
 * fault: heap-use-after-free
 * access: read
 * block_bytes: 40
 * plain: silent
 */
#include <map>

int main()
{
    std::map<int, int> ages;
    for (int index = 0; index < 8; index++)
        ages[index] = index;
    int sum = 0;
    for (auto at = ages.begin(); at != ages.end(); ++at) {
        sum += at->second;
        ages.erase(at);
    }
    return sum;
}
