/*
 * The hot loops of the gdb extension, called through ctypes (ftheap/kernel.py). Each has a twin in pure Python that
 * defines its answer, and is named where the function stands.
 *
 * The bytes come from a process that may be broken: a value is only ever compared, never followed. Every index is held
 * against the length of its column before it is used.
 */
#ifndef KERNEL_H
#define KERNEL_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))
#define WORD_BYTES 8u

/* model/runs.py: Run. Slots of one stride: row `base + i` is the block in slot i. */
struct run {
    uint64_t start;
    uint64_t end;
    uint64_t first_slot;
    uint64_t stride_bytes;
    uint64_t slot_count;
    uint64_t carved_count;
    uint64_t base;
    uint64_t capacity_bytes;
    uint64_t free_count;
    uint64_t bitmap;
};

/* model/heap.py: State */
enum state { UNUSED, LIVE, FREED, QUARANTINED, CHANGING, CORRUPTED, UNREADABLE, STATE_COUNT };

#endif
