#include "debug/leaks.h"

#include "base/text.h"
#include "debug/depot.h"
#include "debug/leak_groups.h"
#include "debug/suppressions.h"
#include "debug/trace.h"
#include "heap/heap.h"
#include "platform/output.h"
#include "platform/pages.h"
#include "platform/process.h"
#include "platform/tls_vector.h"
#include "report/report_text.h"

#define GROUPS_SHOWN_MAX 100
#define FRAME_LINES_KEPT ((size_t)512) /* power of two */
#define PIECE_BYTES 8192
#define LINE_BYTES_MAX 512

struct tally {
    struct leak_groups groups;
    unsigned skipped_flags; /* enum block_flag, or-ed */
};

static int tally_block(const struct zone *zone, const struct block *block, void *context)
{
    struct tally *tally = context;
    (void)zone;
    if (!block_is_live(block) || process_stream_owns(block_payload(block))
        || (block_flags(block) & tally->skipped_flags))
        return 0;
    struct place place = heap_locate(block_payload(block));
    if (block_size(block) <= heap_usable_bytes(&place) && tls_vector_is(block_payload(block), block_size(block)))
        return 0;
    const struct block_trace *trace = trace_of(&place);
    leak_groups_add(&tally->groups, trace == NULL ? 0 : trace->allocated_stack, block_size(block),
                    block_payload(block));
    return 0;
}

/* Returns 0 when the heap could not be walked. */
static int tally_heap(struct tally *tally, enum leaks_scope scope)
{
    tally->skipped_flags = BLOCK_IGNORED | (scope == LEAKS_SINCE_MARK ? BLOCK_MARKED : 0);
    if (!leak_groups_begin(&tally->groups))
        return 0;
    if (!heap_visit_blocks(tally_block, tally)) {
        leak_groups_end(&tally->groups);
        return 0;
    }
    struct leak_groups *groups = &tally->groups;
    for (size_t i = 0; i < LEAK_GROUPS_MAX; i++) {
        struct leak_group *group = &groups->groups[i];
        if (group->count == 0 || !suppressions_cover(group->stack))
            continue;
        groups->count -= group->count;
        groups->bytes -= group->bytes;
        group->count = 0;
    }
    return 1;
}

static void add_amount(struct text *text, uint64_t count, uint64_t bytes)
{
    text_add_count(text, count, "block");
    text_add(text, ", ");
    text_add_count(text, bytes, "byte");
}

static void flush_when_full(struct text *text, size_t room)
{
    if (text->length + room <= text->capacity)
        return;
    output_write(text->start, text->length);
    *text = text_in(text->start, text->capacity);
}

/* What a frame's line says: the stacks of a list have most frames in common, and symbols are dear. */
struct kept_line {
    uint64_t address;
    char line[120];
};

/* `kept`: FRAME_LINES_KEPT, by address; or NULL. */
static void write_frame(struct text *text, struct kept_line *kept, uint64_t address)
{
    struct kept_line *entry = kept == NULL ? NULL : &kept[address % FRAME_LINES_KEPT];
    if (entry != NULL && entry->address == address) {
        text_add(text, entry->line);
        return;
    }
    size_t start = text->length;
    report_text_frame(text, address);
    if (entry == NULL || text->length - start >= sizeof(entry->line))
        return;
    struct text line = text_in(entry->line, sizeof(entry->line));
    text_add(&line, text->start + start);
    entry->address = address;
}

static void write_stack(struct text *text, struct kept_line *kept, const struct stored_stack *stored)
{
    for (uint32_t i = 0; i < stored->frame_count; i++) {
        flush_when_full(text, LINE_BYTES_MAX);
        report_text_frame_number(text, i);
        write_frame(text, kept, stored->frames[i]);
    }
}

static void write_group(struct text *text, struct kept_line *kept, const struct leak_group *group)
{
    flush_when_full(text, LINE_BYTES_MAX);
    text_add(text, "  ");
    add_amount(text, group->count, group->bytes);
    if (depot_stack(group->stack) != NULL) {
        text_add(text, " allocated at\n");
        write_stack(text, kept, depot_stack(group->stack));
        return;
    }
    text_add(text, ": of size ");
    text_add_unsigned(text, group->size_bytes);
    text_add(text, group->count == 1 ? ", at " : ", the first at ");
    text_add_hex(text, group->example);
    text_add(text, "\n");
}

static void write_groups(struct leak_groups *groups, struct text *text)
{
    uint64_t rest_count = groups->ungrouped_count;
    uint64_t rest_bytes = groups->ungrouped_bytes;
    size_t group_count = leak_groups_sort(groups);
    struct kept_line *kept = pages_map(FRAME_LINES_KEPT * sizeof(*kept));
    for (size_t i = 0; i < group_count; i++) {
        if (i < GROUPS_SHOWN_MAX) {
            write_group(text, kept, &groups->groups[i]);
            continue;
        }
        rest_count += groups->groups[i].count;
        rest_bytes += groups->groups[i].bytes;
    }
    if (kept != NULL)
        pages_unmap(kept, FRAME_LINES_KEPT * sizeof(*kept));
    if (rest_count == 0)
        return;
    flush_when_full(text, LINE_BYTES_MAX);
    text_add(text, "  ");
    add_amount(text, rest_count, rest_bytes);
    text_add(text, ": elsewhere\n");
}

uint64_t leaks_report(enum leaks_scope scope)
{
    static const char *const ends[] = {" not freed\n", " not freed at exec\n", " not freed since the mark\n"};
    char piece[PIECE_BYTES];
    struct text text = text_in(piece, sizeof(piece));
    struct tally tally;
    text_add(&text, "==");
    text_add_unsigned(&text, process_id());
    text_add(&text, "==FtLeaks: ");
    if (!tally_heap(&tally, scope)) {
        text_add(&text, "the heap could not be listed: no memory, or the exit came from inside the heap\n");
        output_write(text.start, text.length);
        return 0;
    }
    uint64_t count = tally.groups.count;
    add_amount(&text, count, tally.groups.bytes);
    text_add(&text, ends[scope]);
    write_groups(&tally.groups, &text);
    output_write(text.start, text.length);
    leak_groups_end(&tally.groups);
    return count;
}

uint64_t leaks_count(enum leaks_scope scope)
{
    struct tally tally;
    if (!tally_heap(&tally, scope))
        return 0;
    leak_groups_end(&tally.groups);
    return tally.groups.count;
}

static int flag_block(const struct zone *zone, const struct block *block, void *context)
{
    (void)zone;
    if (block_is_live(block))
        block_set_flag((struct block *)block, *(enum block_flag *)context);
    return 0;
}

int leaks_flag_all(enum block_flag flag)
{
    return heap_visit_blocks(flag_block, &flag);
}
