/* The table of runs in a zone's header: reader/slots.py. */
#ifndef RUNS_H
#define RUNS_H

#include "kernel.h"

#define FIELD_COUNT 8

enum field { STATE, LEAD_UNIT, UNIT_COUNT, SLOT_COUNT, CARVED_COUNT, FREE_COUNT, FIRST_SLOT_OFFSET, STRIDE_BYTES };

/* How the table looks (reader/slots.py: _Form). Fields are of 1, 2, 4 or 8 bytes. */
struct table_form {
    uint64_t unit_bytes;
    uint64_t header_bytes;   /* at the zone's start, no run's */
    uint64_t granule_bytes;
    uint64_t overhead_bytes; /* of a slot, in front of its payload */
    uint64_t lead, none;     /* states */
    uint64_t record_bytes;
    uint64_t offsets[FIELD_COUNT];
    uint64_t sizes[FIELD_COUNT];
};

/* slots._runs, of a table in which every unit makes sense: into `runs`, which has room for each unit; the rows of
 * their blocks count from `row` on. Returns how many there are; -1: some unit makes no sense. */
EXPORT int64_t ftscan_runs(const struct table_form *form, uint64_t zone, const uint8_t *table, uint64_t table_bytes,
                           uint64_t row, struct run *runs);

#endif
