// Compiled, never run: a file that keeps a C++ compiler busy with templates.
#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

template <int N> struct record {
    std::map<std::string, std::vector<int>> lists;
    std::unordered_map<int, std::shared_ptr<record<N - 1>>> children;

    int total(const std::function<int(int)> &weigh) const
    {
        int sum = N;
        for (auto &[name, list] : lists)
            sum += std::count_if(list.begin(), list.end(), [&](int value) { return weigh(value) > N; });
        for (auto &[key, child] : children)
            sum += child ? child->total(weigh) + key : 0;
        return sum;
    }
};

template <> struct record<0> {
    int total(const std::function<int(int)> &weigh) const { return weigh(0); }
};

template struct record<12>;
