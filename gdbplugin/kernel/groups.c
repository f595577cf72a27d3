/* Sums over the columns: analysis/leaks.py, analysis/statistics.py. */
#include "kernel.h"

/* Rows of one class and one key: the allocation trace, or without one the size. */
struct groups {
    uint64_t count;
    uint32_t *first;   /* its lowest row; each array has room for as many groups as there are rows */
    uint32_t *members; /* how many rows */
    uint64_t *bytes;
    uint32_t *of_row; /* one more than the row's group, 0 for none */
    uint32_t *table;  /* zero, `table_mask` + 1 entries, at least twice as many as rows */
    uint64_t table_mask;
};

static uint64_t key_of(const uint32_t *traces, const uint64_t *sizes, uint64_t row)
{
    return traces != NULL && traces[row] != 0 ? (uint64_t)1 << 63 | traces[row] : sizes[row] & ~((uint64_t)1 << 63);
}

/* leaks._group: only rows of a class other than 0 count. `traces` may be NULL. Then `order` holds the rows, group
 * after group, ascending in each. */
EXPORT void ftscan_group(uint64_t row_count, const uint8_t *classes, const uint32_t *traces, const uint64_t *sizes,
                         struct groups *groups, uint32_t *order)
{
    groups->count = 0;
    for (uint64_t row = 0; row < row_count; row++) {
        if (classes[row] == 0)
            continue;
        uint64_t key = key_of(traces, sizes, row);
        uint64_t at = (key * 8 + classes[row]) * UINT64_C(0x9E3779B97F4A7C15) >> 20;
        uint32_t group;
        for (;; at++) {
            group = groups->table[at & groups->table_mask];
            if (group == 0)
                break;
            uint32_t first = groups->first[group - 1];
            if (classes[first] == classes[row] && key_of(traces, sizes, first) == key)
                break;
        }
        if (group == 0) {
            group = groups->table[at & groups->table_mask] = (uint32_t)++groups->count;
            groups->first[group - 1] = (uint32_t)row;
        }
        groups->of_row[row] = group;
        groups->members[group - 1]++;
        groups->bytes[group - 1] += sizes[row];
    }
    uint64_t begin = 0;
    for (uint64_t group = 0; group < groups->count; group++) { /* the table now holds where each group goes on */
        groups->table[group] = (uint32_t)begin;
        begin += groups->members[group];
    }
    for (uint64_t row = 0; row < row_count; row++)
        if (groups->of_row[row] != 0)
            order[groups->table[groups->of_row[row] - 1]++] = (uint32_t)row;
}

/* Rows first .. end. */
struct span {
    uint64_t first, end;
};

/* How many rows of each state, the bytes that they were asked for, and the bytes of their slots. */
struct tally {
    uint64_t counts[STATE_COUNT];
    uint64_t bytes[STATE_COUNT];
    uint64_t slot_bytes[STATE_COUNT];
};

static void add_rows(uint64_t first, uint64_t end, uint64_t slot_bytes, const uint8_t *states, const uint64_t *sizes,
                     struct tally *tally)
{
    for (uint64_t row = first; row < end; row++) {
        if (states[row] >= STATE_COUNT)
            continue;
        tally->counts[states[row]]++;
        tally->bytes[states[row]] += sizes[row];
        tally->slot_bytes[states[row]] += slot_bytes;
    }
}

/* sums.tally_runs: run i counts for tallies[numbers[i]], which are zero at first. */
EXPORT void ftscan_tally_runs(uint64_t row_count, const uint8_t *states, const uint64_t *sizes, const struct run *runs,
                              uint64_t run_count, const uint32_t *numbers, struct tally *tallies, uint64_t tally_count)
{
    for (uint64_t i = 0; i < run_count; i++) {
        uint64_t end = runs[i].base + runs[i].carved_count;
        if (numbers[i] < tally_count && runs[i].base <= end && end <= row_count)
            add_rows(runs[i].base, end, runs[i].stride_bytes, states, sizes, &tallies[numbers[i]]);
    }
}

/* sums.tally_rows: into `tallies`, which are zero, whatever the slots are. */
EXPORT void ftscan_tally_rows(uint64_t row_count, const uint8_t *states, const uint64_t *sizes,
                              const struct span *spans, uint64_t span_count, struct tally *tallies)
{
    for (uint64_t i = 0; i < span_count; i++)
        add_rows(spans[i].first, spans[i].end < row_count ? spans[i].end : row_count, 0, states, sizes, &tallies[i]);
}

enum comparison { LESS, LESS_OR_EQUAL, EQUAL, NOT_EQUAL, GREATER_OR_EQUAL, GREATER };

static uint64_t item_at(const uint8_t *column, uint64_t item_bytes, uint64_t row)
{
    uint64_t item = 0; /* columns have the target's order of bytes, and ours */
    memcpy(&item, column + row * item_bytes, item_bytes);
    return item;
}

/* Prefilter._of_test: `holds[row]` is 1 where the column's item is as said to `value`. Items are of 8 bytes at most. */
EXPORT void ftscan_compare(const uint8_t *column, uint64_t item_bytes, uint64_t row_count, uint64_t comparison,
                           uint64_t value, uint8_t *holds)
{
    int less = comparison == LESS || comparison == LESS_OR_EQUAL || comparison == NOT_EQUAL;
    int equal = comparison == LESS_OR_EQUAL || comparison == EQUAL || comparison == GREATER_OR_EQUAL;
    int greater = comparison == NOT_EQUAL || comparison == GREATER_OR_EQUAL || comparison == GREATER;
    if (item_bytes > sizeof(uint64_t))
        return;
    for (uint64_t row = 0; row < row_count; row++) {
        uint64_t item = item_at(column, item_bytes, row);
        holds[row] = (uint8_t)(item < value ? less : item == value ? equal : greater);
    }
}

/* fills.check_waiting: positions of the values that are no address of a row in a `well` state, into `odd`, which has
 * room for all. `well` has an entry for each byte. Addresses ascend. Returns how many. */
EXPORT uint64_t ftscan_strangers(const uint64_t *values, uint64_t value_count, const uint64_t *addresses,
                                 const uint8_t *states, uint64_t row_count, const uint8_t *well, uint64_t *odd)
{
    uint64_t count = 0;
    for (uint64_t i = 0; i < value_count; i++) {
        uint64_t low = 0, high = row_count;
        while (low < high) {
            uint64_t middle = low + (high - low) / 2;
            if (addresses[middle] < values[i])
                low = middle + 1;
            else
                high = middle;
        }
        if (low == row_count || addresses[low] != values[i] || !well[states[low]])
            odd[count++] = i;
    }
    return count;
}
