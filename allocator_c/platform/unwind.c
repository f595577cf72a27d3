#define _GNU_SOURCE
#include "platform/unwind.h"

#include <stddef.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/attributes.h"
#include "platform/process.h"
#include "platform/unwind_table.h"

#define CACHE_BITS 13 /* of the index */

/* Written by any thread without a lock: `check` is address ^ packed rule, so that a torn entry matches nothing. */
struct cached_rule {
    uint64_t check;
    uint64_t packed;
};

static FT_SELDOM struct cached_rule cache[1 << CACHE_BITS];

static int is_started;

void unwind_start(void)
{
    __atomic_store_n(&is_started, 1, __ATOMIC_RELEASE);
}

struct unwind_rule unwind_rule_at(uintptr_t address)
{
    struct cached_rule *entry = &cache[hash_word(address, CACHE_BITS)];
    uint64_t packed = __atomic_load_n(&entry->packed, __ATOMIC_RELAXED);
    struct unwind_rule rule;
    _Static_assert(sizeof(rule) == sizeof(packed), "a rule is one word");
    if (FT_LIKELY((__atomic_load_n(&entry->check, __ATOMIC_RELAXED) ^ packed) == address && packed != 0)) {
        memcpy(&rule, &packed, sizeof(rule));
        return rule;
    }
    if (!__atomic_load_n(&is_started, __ATOMIC_ACQUIRE) && process_is_static())
        return (struct unwind_rule){.base = UNWIND_UNKNOWN};
    rule = unwind_table_rule(address);
    memcpy(&packed, &rule, sizeof(rule));
    __atomic_store_n(&entry->packed, packed, __ATOMIC_RELAXED);
    __atomic_store_n(&entry->check, address ^ packed, __ATOMIC_RELAXED);
    return rule;
}
