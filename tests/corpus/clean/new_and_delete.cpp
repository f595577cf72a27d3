/* Every form of new with its own delete. */
#include <cstdlib>
#include <new>

struct item {
    long fields[3];
    ~item() { fields[0] = 0; }
};

struct alignas(128) wide {
    char bytes[300];
};

int main()
{
    delete new int;
    delete[] new int[9];
    delete[] new item[5];
    delete new wide;
    delete[] new wide[3];
    delete new (std::nothrow) item;
    delete static_cast<item *>(nullptr);
    void *raw = ::operator new(77);
    ::operator delete(raw);
    ::operator delete(::operator new(64, std::align_val_t(64)), std::align_val_t(64));
    item *placed = new (std::malloc(sizeof(item))) item;
    placed->~item();
    std::free(placed);
    try {
        volatile unsigned long size = 1ul << 60;
        delete[] new char[size];
        return 1;
    } catch (const std::bad_alloc &) {
    }
    return 0;
}
