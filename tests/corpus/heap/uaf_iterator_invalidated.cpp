/* push_back moves the elements, the reference stays behind.
 *
 * fault: heap-use-after-free
 * block_bytes: 8
 * offset_bytes: 0
 * plain: silent
 */
#include <vector>

int main()
{
    static int number = 3;
    std::vector<int *> values;
    values.push_back(&number);
    int *&first = values[0];
    for (int index = 0; index < 100; index++)
        values.push_back(&number);
    return *first; /* access */
}
