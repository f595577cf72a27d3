/* Exceptions through many frames, rethrown, nested and kept. */
#include <exception>
#include <stdexcept>
#include <string>

static void deeper(int depth)
{
    std::string local(100, 'x');
    if (depth == 0)
        throw std::runtime_error(local);
    try {
        deeper(depth - 1);
    } catch (...) {
        std::throw_with_nested(std::logic_error("at " + std::to_string(depth)));
    }
}

int main()
{
    std::exception_ptr kept;
    for (int round = 0; round < 20; round++) {
        try {
            deeper(10);
        } catch (...) {
            kept = std::current_exception();
        }
    }
    return kept == nullptr;
}
