/* The containers of C++, filled, copied, moved, emptied. */
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

int main()
{
    std::map<std::string, std::vector<int>> table;
    std::unordered_map<int, std::string> names;
    std::list<std::string> list;
    std::deque<std::unique_ptr<long>> queue;
    std::set<std::string> words;
    for (int index = 0; index < 1000; index++) {
        std::string key = "a key that is longer than the small buffer " + std::to_string(index % 50);
        table[key].push_back(index);
        names.emplace(index, key);
        list.push_front(std::move(key));
        queue.push_back(std::make_unique<long>(index));
        if (index % 3 == 0)
            queue.pop_front();
        words.insert(list.front());
    }
    auto copy = table;
    for (auto at = copy.begin(); at != copy.end();)
        at = copy.erase(at);
    list.sort();
    return table.size() != 50 || words.size() != 50;
}
