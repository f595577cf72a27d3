/* What C++ allocation does where there is no memory, and where there is. */
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>
#include <thread>
#include <vector>

static volatile size_t half = PTRDIFF_MAX;
static volatile int negative = -1;
static int calls;

static void handler()
{
    if (++calls > 3)
        std::set_new_handler(nullptr);
}

struct alignas(128) line {
    char bytes[200];
};

struct thrower {
    thrower() { throw 1; }
};

template <class Body> static void attempt(const char *what, Body body)
{
    try {
        body();
        printf("%s: done\n", what);
    } catch (std::bad_array_new_length &error) {
        printf("%s: %s\n", what, error.what());
    } catch (std::bad_alloc &error) {
        printf("%s: %s, %d calls\n", what, error.what(), calls);
    } catch (int) {
        printf("%s: thrown\n", what);
    }
}

static void failures()
{
    attempt("new", [] { ::operator new(half); });
    attempt("new[]", [] { ::operator new[](half); });
    attempt("new of a negative count", [] { new int[negative]; });
    attempt("aligned new", [] { ::operator new(half, std::align_val_t(64)); });
    attempt("constructor", [] { new thrower; });
    std::set_new_handler(handler);
    attempt("new with handler", [] { ::operator new(half); });
    calls = 0;
    std::set_new_handler(handler);
    void *block = ::operator new(half, std::nothrow);
    printf("nothrow: %d, %d calls\n", block != nullptr, calls);
}

static void successes()
{
    line *one = new line, *several = new line[3];
    printf("%d %d\n", (uintptr_t)one % 128 == 0, (uintptr_t)several % 128 == 0);
    delete one;
    delete[] several;
    void *empty = ::operator new(0);
    printf("%d\n", empty != nullptr);
    ::operator delete(empty);
    ::operator delete(nullptr);
    ::operator delete[](nullptr);
    ::operator delete(nullptr, std::align_val_t(64));
    ::operator delete(::operator new(10, std::align_val_t(4096), std::nothrow), std::align_val_t(4096), std::nothrow);
    ::operator delete[](::operator new[](10, std::align_val_t(64)), 10, std::align_val_t(64));
    ::operator delete(::operator new(33), 33);
    std::thread([] {
        std::vector<std::string> words;
        for (int i = 0; i < 1000; i++)
            words.push_back(std::string(i, 'x'));
    }).join();
}

int main()
{
    failures();
    successes();
    return 0;
}
