/* Every form of new with its own delete: silent. new without memory throws.
 * options: FtMallocDebug=1 FtLeaks=1
 * compile: -std=c++17
 * exit: 0
 * stderr: ==\d+==FtLeaks: 0 blocks, 0 bytes not freed
 */
#include <cstdlib>
#include <map>
#include <new>
#include <string>
#include <vector>

struct alignas(128) wide {
    char bytes[200];
};

int main()
{
    delete new int;
    delete[] new int[3];
    delete new wide;
    delete[] new wide[3];
    delete new (std::nothrow) int;
    operator delete(operator new(10, std::nothrow), std::nothrow);
    operator delete(operator new(100), std::size_t(100));
    operator delete(operator new(100, std::align_val_t(64)), std::size_t(100), std::align_val_t(64));
    std::map<std::string, std::vector<std::string>> names;
    for (int i = 0; i < 1000; i++)
        names[std::to_string(i % 100)].push_back(std::string(i, 'x'));
    volatile std::size_t much = std::size_t(1) << 62;
    try {
        char *volatile p = new char[much];
        return p != nullptr;
    } catch (const std::bad_alloc &) {
    }
    return new (std::nothrow) char[much] == nullptr ? 0 : 1;
}
