/* Headers of slots, and what the debug layer writes around blocks: reader/blocks.py, reader/traces.py. */
#ifndef SLOTS_H
#define SLOTS_H

#include "kernel.h"

#define STATES_MAX 64
#define PART_COUNT 4

/* How headers look (ftheap/structs.py: Header). Shifts and masks are bit fields: value >> shift & mask. */
struct slot_form {
    uint64_t prefix_bytes;
    uint64_t header_bytes;
    uint64_t granule_bytes;
    uint64_t self_offset;
    uint64_t extent_offset;
    uint64_t address_shift, address_mask;
    uint64_t state_shift, state_mask;
    uint64_t size_shift, size_mask;
    uint64_t next_shift, next_mask;
    uint64_t key_mask;               /* of a self word: all bits but the flags */
    uint64_t shifted;                /* the state of a slot whose block stands further inside */
    uint64_t ignored;                /* the flag of a self word that calls a block no leak */
    uint8_t states[STATES_MAX];      /* State by the allocator's number; CORRUPTED where there is none */
    uint8_t of_aligned[STATES_MAX];  /* likewise, of a block further inside of its slot */
    uint64_t traced;                 /* 0: no traces stand in the prefix */
    uint64_t parts[PART_COUNT];      /* offsets in the slot: stack of allocation and free, who allocated and freed */
    uint64_t thread_mask, thread_shift;
    uint64_t has_canaries;           /* bit of the third part */
};

/* The columns: a row for each slot of the runs, in order. */
struct columns {
    uint64_t *addresses;
    uint64_t *sizes;
    uint8_t *states;
    uint32_t *parts[PART_COUNT];
    uint8_t *has_canaries;
    uint32_t *ignored; /* not a column: rows of live blocks with that flag, ascending */
    uint64_t ignored_count;
};

static inline uint64_t word_at(const uint8_t *data)
{
    uint64_t word;
    memcpy(&word, data, sizeof word);
    return word;
}

static inline uint32_t part_at(const uint8_t *data)
{
    uint32_t part;
    memcpy(&part, data, sizeof part);
    return part;
}

/* The state that the self word of a slot's header says; CORRUPTED when the word does not prove itself. */
static inline uint8_t state_of(const struct slot_form *form, uint64_t word, uint64_t payload, int *shifted)
{
    if (form->address_shift > 0 && payload >> (64 - form->address_shift) != 0)
        return CORRUPTED;
    uint64_t key = (word & form->key_mask) - (payload << form->address_shift);
    uint64_t number = key >> form->state_shift;
    if (number << form->state_shift != key || number >= STATES_MAX)
        return CORRUPTED;
    *shifted = number == form->shifted;
    return form->states[number];
}

/* RunReader._follow_shift: the block that stands `*size` bytes further in its slot. 0: it is not whole. */
static inline int follow_shift(const struct slot_form *form, const uint8_t *slot, uint64_t room, uint64_t *payload,
                               uint64_t *size, uint8_t *state, uint64_t *self)
{
    uint64_t distance = *size;
    if (distance < form->header_bytes || distance % form->granule_bytes || distance > room)
        return 0;
    const uint8_t *header = slot + form->prefix_bytes + distance;
    uint64_t word = word_at(header + form->self_offset), number = word >> form->state_shift & form->state_mask;
    *self = word;
    *payload += distance;
    *size = word_at(header + form->extent_offset) >> form->size_shift & form->size_mask;
    if ((word >> form->address_shift & form->address_mask) != *payload || number >= STATES_MAX)
        return 0;
    *state = form->of_aligned[number];
    return *state != CORRUPTED && *state != UNUSED && *size <= room - distance;
}

static inline void take_parts(const struct slot_form *form, const uint8_t *slot, const struct columns *columns,
                              uint64_t row)
{
    uint32_t by = part_at(slot + form->parts[2]);
    columns->parts[0][row] = part_at(slot + form->parts[0]);
    columns->parts[1][row] = part_at(slot + form->parts[1]);
    columns->parts[2][row] = (uint32_t)(by >> form->thread_shift & form->thread_mask);
    columns->parts[3][row] = (uint32_t)(part_at(slot + form->parts[3]) & form->thread_mask);
    columns->has_canaries[row] = (by & form->has_canaries) != 0;
}

/* One slot. 0: something is wrong with it, and the twin has to say what. */
static inline int decode_slot(const struct slot_form *form, const struct run *run, uint64_t index,
                              const uint8_t *slot, struct columns *columns, uint64_t row)
{
    const uint8_t *header = slot + form->prefix_bytes;
    uint64_t overhead = form->prefix_bytes + form->header_bytes, capacity = run->stride_bytes - overhead;
    uint64_t payload = run->first_slot + index * run->stride_bytes + overhead;
    uint64_t extent = word_at(header + form->extent_offset), size = extent >> form->size_shift & form->size_mask;
    uint64_t self = word_at(header + form->self_offset);
    int shifted = 0;
    uint8_t state = state_of(form, self, payload, &shifted);
    if (shifted) {
        if (!follow_shift(form, slot, capacity, &payload, &size, &state, &self))
            return 0;
    } else if (state == CORRUPTED) {
        return 0;
    } else if (state == LIVE || state == FREED || state == QUARANTINED) {
        uint64_t next_bytes = (extent >> form->next_shift & form->next_mask) * form->granule_bytes;
        int is_end = index + 1 == run->carved_count && next_bytes == 0;
        if (size > capacity || (next_bytes != run->stride_bytes && !is_end))
            return 0;
    }
    columns->addresses[row] = payload;
    columns->sizes[row] = state == UNUSED ? 0 : size;
    columns->states[row] = state;
    if (state == LIVE && self & form->ignored)
        columns->ignored[columns->ignored_count++] = (uint32_t)row;
    if (form->traced)
        take_parts(form, slot, columns, row);
    return 1;
}

static inline int slot_form_holds(const struct slot_form *form)
{
    uint64_t shifts = form->address_shift | form->state_shift | form->size_shift |
                      form->next_shift | form->thread_shift;
    int inside = form->self_offset + WORD_BYTES <= form->header_bytes &&
                 form->extent_offset + WORD_BYTES <= form->header_bytes && form->granule_bytes > 0;
    for (int i = 0; form->traced && i < PART_COUNT; i++)
        inside = inside && form->parts[i] + sizeof(uint32_t) <= form->prefix_bytes;
    return shifts < 64 && inside;
}

#endif
