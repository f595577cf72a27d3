#include "debug/leaks.h"

#include "base/text.h"
#include "heap/heap.h"
#include "platform/output.h"
#include "platform/pages.h"
#include "platform/process.h"

#define GROUPS_MAX ((size_t)4096) /* by size; what does not fit is summed up in one line */
#define GROUPS_SHOWN_MAX 100
#define PIECE_BYTES 4096
#define LINE_BYTES_MAX 200

struct group {
    uint64_t size_bytes; /* of each block */
    uint64_t count;      /* 0: unused */
    uintptr_t example;   /* payload of the first block met */
};

struct tally {
    struct group *groups; /* open hash table of GROUPS_MAX */
    uint64_t count;
    uint64_t bytes;
    uint64_t ungrouped_count;
    uint64_t ungrouped_bytes;
};

static struct group *group_of(struct tally *tally, uint64_t size_bytes)
{
    size_t start = (size_t)(size_bytes * UINT64_C(0x9e3779b97f4a7c15) >> 52) % GROUPS_MAX;
    for (size_t i = 0; i < 64; i++) {
        struct group *group = &tally->groups[(start + i) % GROUPS_MAX];
        if (group->count == 0 || group->size_bytes == size_bytes)
            return group;
    }
    return NULL;
}

static int tally_block(const struct zone *zone, const struct block *block, void *context)
{
    struct tally *tally = context;
    uint64_t size = block_size(block);
    (void)zone;
    if (!block_state_is_live(block_state(block)) || process_stream_owns(block_payload(block)))
        return 0;
    tally->count++;
    tally->bytes += size;
    struct group *group = group_of(tally, size);
    if (group == NULL) {
        tally->ungrouped_count++;
        tally->ungrouped_bytes += size;
        return 0;
    }
    if (group->count++ == 0) {
        group->size_bytes = size;
        group->example = (uintptr_t)block_payload(block);
    }
    return 0;
}

static struct group *take_largest(struct tally *tally)
{
    struct group *largest = NULL;
    for (size_t i = 0; i < GROUPS_MAX; i++) {
        struct group *group = &tally->groups[i];
        if (group->count == 0)
            continue;
        uint64_t bytes = group->count * group->size_bytes;
        uint64_t most = largest == NULL ? 0 : largest->count * largest->size_bytes;
        if (largest == NULL || bytes > most || (bytes == most && group->size_bytes > largest->size_bytes))
            largest = group;
    }
    return largest;
}

static void add_amount(struct text *text, uint64_t count, uint64_t bytes)
{
    text_add_count(text, count, "block");
    text_add(text, ", ");
    text_add_count(text, bytes, "byte");
}

static void write_groups(struct tally *tally, struct text *text)
{
    for (unsigned shown = 0; shown < GROUPS_SHOWN_MAX; shown++) {
        struct group *group = take_largest(tally);
        if (group == NULL)
            break;
        text_add(text, "  ");
        add_amount(text, group->count, group->count * group->size_bytes);
        text_add(text, ": of size ");
        text_add_unsigned(text, group->size_bytes);
        text_add(text, group->count == 1 ? ", at " : ", the first at ");
        text_add_hex(text, group->example);
        text_add(text, "\n");
        group->count = 0;
        if (text->length + LINE_BYTES_MAX > text->capacity) {
            output_write(text->start, text->length);
            *text = text_in(text->start, text->capacity);
        }
    }
    for (struct group *group; (group = take_largest(tally)) != NULL; group->count = 0) {
        tally->ungrouped_count += group->count;
        tally->ungrouped_bytes += group->count * group->size_bytes;
    }
    if (tally->ungrouped_count == 0)
        return;
    text_add(text, "  ");
    add_amount(text, tally->ungrouped_count, tally->ungrouped_bytes);
    text_add(text, ": of other sizes\n");
}

uint64_t leaks_report(void)
{
    char piece[PIECE_BYTES];
    struct text text = text_in(piece, sizeof(piece));
    struct tally tally = {.groups = pages_map(GROUPS_MAX * sizeof(struct group))};
    text_add(&text, "==");
    text_add_unsigned(&text, process_id());
    text_add(&text, "==FtLeaks: ");
    if (tally.groups == NULL || !heap_visit_blocks(tally_block, &tally)) {
        text_add(&text, "the heap could not be listed: no memory, or the exit came from inside the heap\n");
        output_write(text.start, text.length);
        return 0;
    }
    add_amount(&text, tally.count, tally.bytes);
    text_add(&text, " not freed\n");
    write_groups(&tally, &text);
    output_write(text.start, text.length);
    pages_unmap(tally.groups, GROUPS_MAX * sizeof(struct group));
    return tally.count;
}
