#include "debug/leak_groups.h"

#include "base/arithmetic.h"
#include "base/sort.h"
#include "platform/pages.h"

#define PROBES_MAX 64

int leak_groups_begin(struct leak_groups *groups)
{
    *groups = (struct leak_groups){.groups = pages_map(LEAK_GROUPS_MAX * sizeof(struct leak_group))};
    return groups->groups != NULL;
}

void leak_groups_end(struct leak_groups *groups)
{
    pages_unmap(groups->groups, LEAK_GROUPS_MAX * sizeof(struct leak_group));
}

static struct leak_group *group_of(struct leak_groups *groups, uint32_t stack, uint64_t size_bytes)
{
    uint64_t key = stack != 0 ? (uint64_t)stack << 32 : size_bytes;
    size_t start = hash_word(key, LEAK_GROUPS_BITS);
    for (size_t i = 0; i < PROBES_MAX; i++) {
        struct leak_group *group = &groups->groups[(start + i) % LEAK_GROUPS_MAX];
        if (group->count == 0 || (group->stack == stack && (stack != 0 || group->size_bytes == size_bytes)))
            return group;
    }
    return NULL;
}

void leak_groups_add(struct leak_groups *groups, uint32_t stack, uint64_t size_bytes, const void *payload)
{
    struct leak_group *group = group_of(groups, stack, size_bytes);
    groups->count++;
    groups->bytes += size_bytes;
    if (group == NULL) {
        groups->ungrouped_count++;
        groups->ungrouped_bytes += size_bytes;
        return;
    }
    if (group->count++ == 0) {
        group->stack = stack;
        group->size_bytes = size_bytes;
        group->example = (uintptr_t)payload;
    }
    group->bytes += size_bytes;
}

static int comes_before(const void *one, const void *other)
{
    const struct leak_group *left = one, *right = other;
    if (left->bytes != right->bytes)
        return left->bytes > right->bytes;
    return left->count != right->count ? left->count > right->count : left->example < right->example;
}

size_t leak_groups_sort(struct leak_groups *groups)
{
    size_t count = 0;
    for (size_t i = 0; i < LEAK_GROUPS_MAX; i++)
        if (groups->groups[i].count != 0)
            groups->groups[count++] = groups->groups[i];
    sort(groups->groups, count, sizeof(*groups->groups), comes_before);
    return count;
}
