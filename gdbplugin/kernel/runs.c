/* The table of runs in a zone's header: reader/slots.py; and its bitmaps of free slots: analysis/check.py. */
#include "runs.h"

static uint64_t field_of(const struct table_form *form, const uint8_t *record, enum field field)
{
    uint64_t value = 0; /* the target's bytes have our order */
    memcpy(&value, record + form->offsets[field], form->sizes[field]);
    return value;
}

static int form_holds(const struct table_form *form)
{
    for (int i = 0; i < FIELD_COUNT; i++)
        if (form->sizes[i] > sizeof(uint64_t) || form->offsets[i] + form->sizes[i] > form->record_bytes)
            return 0;
    return form->granule_bytes > 0;
}

/* slots._run: 0 when it does not fit its own units. */
static int take_run(const struct table_form *form, const uint8_t *record, uint64_t zone, uint64_t unit,
                    uint64_t unit_count, struct run *run)
{
    uint64_t units = field_of(form, record, UNIT_COUNT), header_end = zone + form->header_bytes;
    run->start = zone + unit * form->unit_bytes;
    run->end = run->start + units * form->unit_bytes;
    run->first_slot = zone + field_of(form, record, FIRST_SLOT_OFFSET);
    run->stride_bytes = field_of(form, record, STRIDE_BYTES);
    run->slot_count = field_of(form, record, SLOT_COUNT);
    run->carved_count = field_of(form, record, CARVED_COUNT);
    run->capacity_bytes = run->stride_bytes - form->overhead_bytes;
    run->free_count = field_of(form, record, FREE_COUNT);
    run->bitmap = unit + 1;
    return units >= 1 && units <= unit_count - unit && field_of(form, record, LEAD_UNIT) == unit &&
           run->stride_bytes > form->overhead_bytes && run->stride_bytes % form->granule_bytes == 0 &&
           run->first_slot >= run->start && run->first_slot >= header_end && run->first_slot <= run->end &&
           run->first_slot % form->granule_bytes == 0 &&
           run->slot_count <= (run->end - run->first_slot) / run->stride_bytes &&
           run->carved_count <= run->slot_count;
}

EXPORT int64_t ftscan_runs(const struct table_form *form, uint64_t zone, const uint8_t *table, uint64_t table_bytes,
                           uint64_t row, struct run *runs)
{
    if (!form_holds(form))
        return -1;
    uint64_t unit_count = table_bytes / form->record_bytes;
    int64_t count = 0;
    for (uint64_t unit = 0; unit < unit_count;) {
        const uint8_t *record = table + unit * form->record_bytes;
        uint64_t state = field_of(form, record, STATE);
        if (state == form->none) {
            unit++;
            continue;
        }
        struct run *run = &runs[count];
        if (state != form->lead || !take_run(form, record, zone, unit, unit_count, run))
            return -1;
        run->base = row;
        row += run->carved_count;
        unit += field_of(form, record, UNIT_COUNT);
        count++;
    }
    return count;
}

/* Where the runs end, from `first` on, that one bulk read may serve: no two are further apart than `gap_bytes`. */
EXPORT uint64_t ftscan_together(const struct run *runs, uint64_t run_count, uint64_t first, uint64_t gap_bytes)
{
    uint64_t end = runs[first].first_slot;
    for (; first < run_count; first++) {
        if (runs[first].carved_count == 0)
            continue;
        if (runs[first].first_slot - end > gap_bytes)
            break;
        end = runs[first].first_slot + runs[first].carved_count * runs[first].stride_bytes;
    }
    return first;
}

static int is_well(const struct run *run, const uint8_t *bits, uint64_t bits_bytes, const uint8_t *states)
{
    uint64_t count = 0;
    for (uint64_t i = 0; i < bits_bytes; i++) {
        for (uint8_t byte = bits[i]; byte != 0; byte &= (uint8_t)(byte - 1)) {
            uint64_t slot = i * 8 + (uint64_t)__builtin_ctz(byte);
            if (slot >= run->carved_count || states[slot] == LIVE || states[slot] == QUARANTINED)
                return 0;
            count++;
        }
    }
    return count == run->free_count;
}

/* check._check_run: the runs whose bitmap is not as their headers and their count say, into `odd`, which has room for
 * `run_count`. Returns how many. */
EXPORT uint64_t ftscan_bitmaps(const struct run *runs, uint64_t run_count, const uint8_t *bitmaps,
                               uint64_t bitmaps_bytes, uint64_t bitmap_bytes, const uint8_t *states,
                               uint64_t row_count, uint32_t *odd)
{
    uint64_t count = 0;
    for (uint64_t i = 0; i < run_count; i++) {
        const struct run *run = &runs[i];
        int holds = run->base <= row_count && run->carved_count <= row_count - run->base &&
                    (run->bitmap == 0 || run->bitmap <= bitmaps_bytes / bitmap_bytes);
        const uint8_t *bits = run->bitmap == 0 ? bitmaps : bitmaps + (run->bitmap - 1) * bitmap_bytes;
        if (!holds || !is_well(run, bits, run->bitmap == 0 ? 0 : bitmap_bytes, states + run->base))
            odd[count++] = (uint32_t)i;
    }
    return count;
}
