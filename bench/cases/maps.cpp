// C++ containers of strings: operator new and delete, as programs really call them.
#include "case.h"

#include <list>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

static std::string random_text(uint64_t *seed, size_t keys)
{
    uint64_t key = random_next(seed) % keys;
    std::string text = std::to_string(key * 2654435761u);
    text.append(key % 40, 'k');
    return text;
}

template <typename Map> static void exercise(Map &map, int steps, size_t keys)
{
    uint64_t seed = 37;
    for (int i = 0; i < steps; i++) {
        std::string key = random_text(&seed, keys);
        if (random_next(&seed) % 3)
            map[key] += "a value of some length";
        else
            map.erase(key);
    }
}

static void run_map()
{
    std::map<std::string, std::string> map;
    exercise(map, 250000, 40000);
}

static void run_unordered()
{
    std::unordered_map<std::string, std::string> map;
    exercise(map, 500000, 40000);
}

static void run_vectors()
{
    uint64_t seed = 41;
    for (int round = 0; round < 12; round++) {
        std::vector<std::string> lines;
        for (int i = 0; i < 60000; i++)
            lines.push_back(random_text(&seed, 100000));
        std::vector<std::string> copy(lines.rbegin(), lines.rend());
    }
}

static void run_lists()
{
    for (int round = 0; round < 30; round++) {
        std::list<int> numbers;
        for (int i = 0; i < 100000; i++)
            numbers.push_back(i);
        numbers.remove_if([](int number) { return number % 3 == 0; });
    }
}

static const struct bench_case cases[] = {
    {"std-map", CLOCK_CPU, run_map, "std::map of strings, filled and erased at random"},
    {"std-unordered", CLOCK_CPU, run_unordered, "std::unordered_map of strings, filled and erased at random"},
    {"std-vector", CLOCK_CPU, run_vectors, "std::vector of strings, pushed back and copied"},
    {"std-list", CLOCK_CPU, run_lists, "std::list of 24-byte nodes"},
};

CASE_MAIN(cases)
