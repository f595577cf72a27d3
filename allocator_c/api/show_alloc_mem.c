#include <stdint.h>
#include <unistd.h>

#include "base/arithmetic.h"
#include "base/attributes.h"
#include "base/text.h"
#include "debug/start.h"
#include "heap/chunk.h"
#include "heap/heap.h"
#include "heap/place.h"
#include "include/ftmalloc.h"
#include "platform/file.h"
#include "platform/output.h"

#define BUFFER_BYTES 4096
#define LINE_BYTES_MAX 160
#define DUMP_BYTES_MAX 256 /* of each block */
#define DUMP_ROW_BYTES 16

/* Written in pieces as it grows: a heap of a million blocks must not need a heap to be listed. */
struct listing {
    struct text text;
    const struct zone *zone; /* whose line was printed last */
    uint64_t total_bytes;
    int with_dump;
    char storage[BUFFER_BYTES];
};

static void flush(struct listing *listing)
{
    file_write(STDOUT_FILENO, listing->text.start, listing->text.length);
    listing->text = text_in(listing->storage, sizeof(listing->storage));
}

static void end_line(struct listing *listing)
{
    text_add_char(&listing->text, '\n');
    if (listing->text.length + LINE_BYTES_MAX > BUFFER_BYTES)
        flush(listing);
}

static void add_dump_row(struct text *text, const unsigned char *bytes, size_t count)
{
    text_add_hex_upper(text, (uintptr_t)bytes);
    text_add(text, " ");
    for (size_t i = 0; i < DUMP_ROW_BYTES; i++) {
        text_add(text, i == DUMP_ROW_BYTES / 2 ? "  " : " ");
        if (i < count)
            text_add_hex_digits(text, bytes[i], 2);
        else
            text_add(text, "  ");
    }
    text_add(text, "  |");
    for (size_t i = 0; i < count; i++)
        text_add_char(text, bytes[i] >= ' ' && bytes[i] <= '~' ? (char)bytes[i] : '.');
    text_add(text, "|");
}

static void list_dump(struct listing *listing, const struct block *block)
{
    const unsigned char *bytes = block_payload(block);
    uint64_t size = block_size(block);
    struct place place = heap_locate(bytes);
    /* A header that is written over may say any size. */
    size_t shown = size_min(size_min(size, DUMP_BYTES_MAX), place.kind == PLACE_BLOCK ? heap_usable_bytes(&place) : 0);
    for (size_t at = 0; at < shown; at += DUMP_ROW_BYTES) {
        add_dump_row(&listing->text, bytes + at, size_min(shown - at, DUMP_ROW_BYTES));
        end_line(listing);
    }
    if (shown < size) {
        text_add(&listing->text, "... ");
        text_add_unsigned(&listing->text, size - shown);
        text_add(&listing->text, " more bytes");
        end_line(listing);
    }
}

static int list_block(const struct zone *zone, const struct block *block, void *context)
{
    struct listing *listing = context;
    uint64_t size = block_size(block);
    uintptr_t payload = (uintptr_t)block_payload(block);
    if (!block_is_live(block))
        return 0;
    if (zone != listing->zone) {
        text_add(&listing->text, zone_type_name(zone_type_of(zone)));
        text_add(&listing->text, " : ");
        text_add_hex_upper(&listing->text, (uintptr_t)zone);
        end_line(listing);
        listing->zone = zone;
    }
    text_add_hex_upper(&listing->text, payload);
    text_add(&listing->text, " - ");
    text_add_hex_upper(&listing->text, payload + size);
    text_add(&listing->text, " : ");
    text_add_unsigned(&listing->text, size);
    text_add(&listing->text, " bytes");
    end_line(listing);
    listing->total_bytes += size;
    if (listing->with_dump)
        list_dump(listing, block);
    return 0;
}

static void list_heap(int with_dump)
{
    struct listing listing;
    listing.text = text_in(listing.storage, sizeof(listing.storage));
    listing.zone = NULL;
    listing.total_bytes = 0;
    listing.with_dump = with_dump;
    debug_start();
    output_flush_stdout();
    if (heap_ensure_ready())
        heap_visit_blocks(list_block, &listing);
    text_add(&listing.text, "Total : ");
    text_add_unsigned(&listing.text, listing.total_bytes);
    text_add(&listing.text, " bytes\n");
    flush(&listing);
}

FT_EXPORT void show_alloc_mem(void)
{
    list_heap(0);
}

FT_EXPORT void show_alloc_memory(void)
{
    list_heap(0);
}

FT_EXPORT void show_alloc_mem_ex(void)
{
    list_heap(1);
}
