#include "platform/frame_index.h"

#include <stddef.h>

#include "base/sort.h"
#include "platform/frame_description.h"
#include "platform/image.h"
#include "platform/pages.h"
#include "platform/process.h"

#define PROGRAM_FILE "/proc/self/exe"

struct indexed {
    uintptr_t start; /* of the function */
    const uint8_t *description;
};

enum index_state { INDEX_NONE, INDEX_IN_THE_MAKING, INDEX_MADE };

static int state; /* enum index_state */
static struct indexed *functions; /* by start */
static size_t function_count;

/* Counts the descriptions, and writes them down where there is room. */
static size_t collect(const uint8_t *entry, const uint8_t *end, struct indexed *into)
{
    size_t count = 0;
    while (end - entry > 8) {
        struct frame_program program;
        uintptr_t start, size_bytes;
        struct frame_entry read = frame_entry_read(entry);
        if (read.length == 0 || read.length > (uint64_t)(end - entry) - 4)
            break;
        if (frame_description_read(entry, &program, &start, &size_bytes)) {
            if (into != NULL)
                into[count] = (struct indexed){.start = start, .description = entry};
            count++;
        }
        entry += 4 + read.length;
    }
    return count;
}

static int comes_before(const void *left, const void *right)
{
    return ((const struct indexed *)left)->start < ((const struct indexed *)right)->start;
}

/* The section as it lies in memory, where the file says that it is loaded. */
static void index_section(uintptr_t start, size_t size_bytes)
{
    const uint8_t *section = (const uint8_t *)start;
    size_t count = collect(section, section + size_bytes, NULL);
    functions = count == 0 ? NULL : pages_map(count * sizeof(*functions));
    if (functions == NULL)
        return;
    function_count = collect(section, section + size_bytes, functions);
    sort(functions, function_count, sizeof(*functions), comes_before);
}

static void make(void)
{
    struct image image;
    if (!process_is_static() || !image_map(PROGRAM_FILE, &image))
        return;
    const ElfW(Ehdr) *header = image_header(&image);
    const ElfW(Shdr) *section = NULL;
    if (header != NULL && header->e_type == ET_EXEC)
        section = image_section(&image, header, ".eh_frame");
    if (section != NULL && (section->sh_flags & SHF_ALLOC))
        index_section(section->sh_addr, section->sh_size);
    image_unmap(&image);
}

const uint8_t *frame_index_find(uintptr_t address)
{
    int seen = INDEX_NONE;
    if (__atomic_compare_exchange_n(&state, &seen, INDEX_IN_THE_MAKING, 0, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) {
        make();
        __atomic_store_n(&state, INDEX_MADE, __ATOMIC_RELEASE);
    } else if (seen != INDEX_MADE) {
        return NULL;
    }
    size_t low = 0;
    size_t high = function_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (functions[middle].start <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? NULL : functions[low - 1].description;
}
