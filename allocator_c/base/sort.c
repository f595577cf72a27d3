#include "base/sort.h"

#include <stdint.h>

struct sorted {
    char *items;
    size_t item_bytes;
    int (*comes_before)(const void *left, const void *right);
};

static char *item_at(const struct sorted *sorted, size_t index)
{
    return sorted->items + index * sorted->item_bytes;
}

static int is_before(const struct sorted *sorted, size_t left, size_t right)
{
    return sorted->comes_before(item_at(sorted, left), item_at(sorted, right));
}

static void swap_items(const struct sorted *sorted, size_t left, size_t right)
{
    typedef uint64_t __attribute__((may_alias)) word;
    word *one = (word *)item_at(sorted, left), *other = (word *)item_at(sorted, right);
    for (size_t i = 0; i < sorted->item_bytes / sizeof(word); i++) {
        word swapped = one[i];
        one[i] = other[i];
        other[i] = swapped;
    }
}

/* The last in order comes to the root of the heap that the first `count` items are. */
static void sift_down(const struct sorted *sorted, size_t root, size_t count)
{
    for (size_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && is_before(sorted, child, child + 1))
            child++;
        if (!is_before(sorted, root, child))
            return;
        swap_items(sorted, root, child);
    }
}

void sort(void *items, size_t count, size_t item_bytes, int (*comes_before)(const void *left, const void *right))
{
    const struct sorted sorted = {.items = items, .item_bytes = item_bytes, .comes_before = comes_before};
    for (size_t root = count / 2; root-- > 0;)
        sift_down(&sorted, root, count);
    for (size_t end = count; end-- > 1;) {
        swap_items(&sorted, 0, end);
        sift_down(&sorted, 0, end);
    }
}
