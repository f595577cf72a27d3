/* Headers of the slots of neighbouring runs, as columns. */
#include "slots.h"

/* RunReader.read, for runs in which all is well: columns of their slots, read at `start`. Returns how many runs it has
 * decoded: it stops in front of the first one with a broken header, or that `data` does not hold. */
EXPORT uint64_t ftscan_slots(const struct slot_form *form, const struct run *runs, uint64_t run_count, uint64_t start,
                             const uint8_t *data, uint64_t data_bytes, struct columns *columns)
{
    uint64_t row = 0;
    columns->ignored_count = 0;
    if (!slot_form_holds(form))
        return 0;
    for (uint64_t i = 0; i < run_count; i++) {
        const struct run *run = &runs[i];
        if (run->carved_count == 0)
            continue;
        uint64_t offset = run->first_slot - start;
        if (run->stride_bytes <= form->prefix_bytes + form->header_bytes || run->first_slot < start ||
            offset > data_bytes || run->carved_count > (data_bytes - offset) / run->stride_bytes)
            return i;
        for (uint64_t index = 0; index < run->carved_count; index++)
            if (!decode_slot(form, run, index, data + offset + index * run->stride_bytes, columns, row + index))
                return i;
        row += run->carved_count;
    }
    return run_count;
}
