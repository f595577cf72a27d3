/* Rows of the block columns as text, in any form that a template has: render/rows.py. */
#include "kernel.h"

/* In a template, these bytes stand for a field; every other byte for itself. */
enum field { ADDRESS_UPPER = 1, END_UPPER, SIZE, ADDRESS_LOWER, STATE_NAME, ALLOCATED_AT, FREED_AT };

#define FIELD_TEXT_MAX 24 /* of a number in hex or decimal */

/* Texts by number: that of keys[i] is text[starts[i]] .. text[starts[i + 1]]. Keys ascend, the first is 0. */
struct texts {
    uint64_t count;
    const uint32_t *keys;
    const uint64_t *starts;
    const uint8_t *text;
    uint64_t bytes_max; /* of one */
};

/* `names` are NUL-terminated, shorter than FIELD_TEXT_MAX, one for each state. */
struct row_form {
    const uint8_t *template;
    uint64_t template_bytes;
    const char *names[STATE_COUNT];
    struct texts stacks; /* of ALLOCATED_AT and FREED_AT; count 0: no template has these */
};

/* `wanted` has 1 for each state that is shown. */
struct row_source {
    uint64_t row_count;
    const uint64_t *addresses;
    const uint64_t *sizes;
    const uint8_t *states;
    uint8_t wanted[STATE_COUNT];
    const uint32_t *allocated; /* numbers of stacks */
    const uint32_t *freed;
};

static uint8_t *put_hex(uint8_t *at, uint64_t value, const char *digits)
{
    int shift = 60;
    *at++ = '0';
    *at++ = (uint8_t)digits[16];
    while (shift > 0 && value >> shift == 0)
        shift -= 4;
    for (; shift >= 0; shift -= 4)
        *at++ = (uint8_t)digits[value >> shift & 15];
    return at;
}

static uint8_t *put_decimal(uint8_t *at, uint64_t value)
{
    uint8_t digits[FIELD_TEXT_MAX];
    int count = 0;
    do {
        digits[count++] = (uint8_t)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    while (count > 0)
        *at++ = digits[--count];
    return at;
}

/* The text of `key`, the first one where there is none. */
static uint8_t *put_text(uint8_t *at, const struct texts *texts, uint32_t key)
{
    uint64_t low = 0, high = texts->count;
    while (low + 1 < high) {
        uint64_t middle = low + (high - low) / 2;
        if (texts->keys[middle] <= key)
            low = middle;
        else
            high = middle;
    }
    if (texts->count == 0)
        return at;
    if (texts->keys[low] != key)
        low = 0;
    uint64_t size_bytes = texts->starts[low + 1] - texts->starts[low];
    memcpy(at, texts->text + texts->starts[low], size_bytes);
    return at + size_bytes;
}

static uint8_t *put_field(uint8_t *at, const struct row_form *form, const struct row_source *source, uint64_t row,
                          uint8_t field)
{
    uint64_t address = source->addresses[row], size = source->sizes[row];
    switch (field) {
    case ADDRESS_UPPER:
        return put_hex(at, address, "0123456789ABCDEFx");
    case END_UPPER:
        return put_hex(at, address + size, "0123456789ABCDEFx");
    case ADDRESS_LOWER:
        return put_hex(at, address, "0123456789abcdefx");
    case SIZE:
        return put_decimal(at, size);
    case STATE_NAME:
        for (const char *name = form->names[source->states[row]]; *name != '\0'; name++)
            *at++ = (uint8_t)*name;
        return at;
    case ALLOCATED_AT:
        return put_text(at, &form->stacks, source->allocated[row]);
    case FREED_AT:
        return put_text(at, &form->stacks, source->freed[row]);
    default:
        *at = field;
        return at + 1;
    }
}

/* rows.texts: those of rows *next .. end that are wanted, one behind the other, into `text`; `*next` goes on to the
 * first that found no room. Returns the bytes written. */
EXPORT uint64_t ftscan_rows(const struct row_form *form, const struct row_source *source, uint64_t *next, uint64_t end,
                            uint8_t *text, uint64_t text_bytes)
{
    uint8_t *at = text;
    uint64_t row_bytes_max = form->template_bytes * FIELD_TEXT_MAX;
    for (uint64_t i = 0; i < form->template_bytes; i++)
        if (form->template[i] == ALLOCATED_AT || form->template[i] == FREED_AT)
            row_bytes_max += form->stacks.bytes_max;
    if (end > source->row_count)
        end = source->row_count;
    for (; *next < end && row_bytes_max <= text_bytes - (uint64_t)(at - text); (*next)++) {
        uint8_t state = source->states[*next];
        if (state >= STATE_COUNT || !source->wanted[state])
            continue;
        for (uint64_t i = 0; i < form->template_bytes; i++)
            at = put_field(at, form, source, *next, form->template[i]);
    }
    return (uint64_t)(at - text);
}
