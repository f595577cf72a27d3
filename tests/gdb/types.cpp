// Objects whose type can be told by their vtables, with and without symbols.
#include <cstdlib>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace shop {
struct Part {
    virtual ~Part() {}
    int number = 7;
};
struct Named {
    virtual ~Named() {}
    std::string name = "a name that is too long for the object itself";
};
struct Wheel : Part, Named {
    double radius = 1.5;
};
template <class T> struct Box {
    virtual ~Box() {}
    T content{};
};
} // namespace shop

shop::Part *part;
shop::Named *second_base;
shop::Wheel *wheels;
void *boxed;
std::vector<shop::Wheel> shown;
std::list<long> numbers;
std::map<int, shop::Part *> parts;
std::shared_ptr<shop::Part> shared;
void *plain;

__attribute__((noipa)) static void crash(volatile int *where) { *where = 1; }

int main()
{
    part = new shop::Part;
    second_base = new shop::Wheel;
    wheels = new shop::Wheel[3];
    boxed = new shop::Box<long>;
    shown.resize(4);
    numbers.push_back(5);
    numbers.push_back(6);
    for (int number = 0; number < 5; number++)
        parts[number] = part;
    shared = std::make_shared<shop::Wheel>();
    plain = std::malloc(64);
    crash(nullptr);
}
