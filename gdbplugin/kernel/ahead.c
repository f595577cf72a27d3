/* Zones read ahead, several at once: reader/ahead.py. What is not wholly well is left to the reader that can say what
 * it is. The bytes come from a file, a core's, which is mapped; or from a process. */
#define _GNU_SOURCE
#include "pointers.h"
#include "runs.h"
#include "slots.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/uio.h>

#define PAGE_BYTES 4096u
#define THREADS_MAX 8

/* A TINY or SMALL zone. Its bytes are at `position` of the file. `runs`, `columns` and `pointers` have room for all
 * that a zone may hold; row_max: of the columns. */
struct zone {
    uint64_t address;
    uint64_t size_bytes;
    uint64_t position;
    uint64_t unit_count;
    struct run *runs;
    uint64_t row_max;
    struct columns columns;
    struct pointers pointers;
    int64_t run_count; /* the answer; -1: not wholly well */
    uint64_t row_count;
};

/* `process`: its number, 0 for a file. `wants_pointers`: what the payloads hold is wanted too; such a word is at least
 * `low` and less than `span` above it. */
struct ahead {
    int32_t descriptor;
    int32_t process;
    const struct table_form *table;
    uint64_t table_offset;
    const struct slot_form *slots;
    uint64_t low, span;
    uint64_t wants_pointers;
    struct zone *zones;
    uint64_t zone_count;
    uint64_t next; /* zone that nobody has begun with */
};

/* Where a thread finds the bytes of the zone at hand: mapped, or read into pages of its own. */
struct view {
    const struct ahead *ahead;
    uint8_t *pages;
    uint64_t size_bytes;
};

static int read_process(int32_t process, uint64_t address, uint8_t *into, uint64_t size_bytes)
{
    struct iovec local = {into, size_bytes}, remote = {(void *)(uintptr_t)address, size_bytes};
    return process_vm_readv(process, &local, 1, &remote, 1, 0) == (ssize_t)size_bytes;
}

/* The bytes of the zone from `offset` on, NULL where they can't be read. A process's are good until the next call, and
 * stand as in their page: the kernel copies faster then, and what was just copied is still in the cache. */
static const uint8_t *bytes_of(const struct view *view, const struct zone *zone, uint64_t offset, uint64_t size_bytes)
{
    if (offset > zone->size_bytes || size_bytes > zone->size_bytes - offset)
        return NULL;
    if (view->ahead->process == 0)
        return view->pages + zone->position % PAGE_BYTES + offset;
    uint8_t *into = view->pages + (zone->address + offset) % PAGE_BYTES;
    return read_process(view->ahead->process, zone->address + offset, into, size_bytes) ? into : NULL;
}

static int open_view(struct view *view, const struct zone *zone)
{
    uint64_t size_bytes = zone->size_bytes + PAGE_BYTES;
    if (view->ahead->process == 0) {
        uint64_t skipped = zone->position % PAGE_BYTES;
        view->size_bytes = zone->size_bytes + skipped;
        view->pages = mmap(NULL, view->size_bytes, PROT_READ, MAP_SHARED, view->ahead->descriptor,
                           (off_t)(zone->position - skipped));
    } else if (view->size_bytes < size_bytes) {
        if (view->pages != NULL)
            munmap(view->pages, view->size_bytes);
        view->size_bytes = size_bytes;
        view->pages = mmap(NULL, size_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    }
    if (view->pages == MAP_FAILED) {
        view->pages = NULL;
        view->size_bytes = 0;
    }
    return view->pages != NULL;
}

static void close_view(struct view *view)
{
    if (view->pages != NULL)
        munmap(view->pages, view->size_bytes);
    view->pages = NULL;
    view->size_bytes = 0;
}

static int read_run(const struct ahead *ahead, struct zone *zone, const struct run *run, const uint8_t *data)
{
    for (uint64_t index = 0; index < run->carved_count; index++) {
        const uint8_t *slot = data + index * run->stride_bytes;
        uint64_t row = run->base + index;
        if (!decode_slot(ahead->slots, run, index, slot, &zone->columns, row))
            return 0;
        if (ahead->wants_pointers) {
            uint8_t state = zone->columns.states[row];
            uint64_t skipped = zone->columns.addresses[row] - (run->first_slot + index * run->stride_bytes);
            uint64_t size = zone->columns.sizes[row], room = run->stride_bytes - skipped;
            uint64_t scanned = state != LIVE && state != CHANGING ? 0 : size < room ? size : room;
            take_pointers(&zone->pointers, row, slot + skipped, scanned, ahead->low, ahead->span);
        }
    }
    return 1;
}

static int read_zone(struct view *view, struct zone *zone)
{
    const struct ahead *ahead = view->ahead;
    uint64_t table_bytes = zone->unit_count * ahead->table->record_bytes;
    const uint8_t *table = bytes_of(view, zone, ahead->table_offset, table_bytes);
    if (table == NULL)
        return 0;
    int64_t run_count = ftscan_runs(ahead->table, zone->address, table, table_bytes, 0, zone->runs);
    zone->row_count = zone->columns.ignored_count = zone->pointers.count = zone->pointers.odd_count = 0;
    for (int64_t i = 0; i < run_count; i++) {
        const struct run *run = &zone->runs[i];
        if (run->carved_count > zone->row_max - zone->row_count)
            return 0;
        zone->row_count += run->carved_count;
        uint64_t overhead = ahead->slots->prefix_bytes + ahead->slots->header_bytes;
        if (run->carved_count == 0)
            continue;
        const uint8_t *data = run->stride_bytes <= overhead ? NULL :
            bytes_of(view, zone, run->first_slot - zone->address, run->carved_count * run->stride_bytes);
        if (data == NULL || !read_run(ahead, zone, run, data))
            return 0;
    }
    zone->run_count = run_count;
    return run_count >= 0;
}

static void *read_zones(void *argument)
{
    struct ahead *ahead = argument;
    struct view view = {ahead, NULL, 0};
    for (;;) {
        uint64_t index = __atomic_fetch_add(&ahead->next, 1, __ATOMIC_RELAXED);
        if (index >= ahead->zone_count)
            break;
        struct zone *zone = &ahead->zones[index];
        if (!open_view(&view, zone) || !read_zone(&view, zone))
            zone->run_count = -1;
        if (ahead->process == 0)
            close_view(&view);
    }
    close_view(&view);
    return NULL;
}

/* Reads all `zones`, in `thread_count` threads, this one among them. Signals are this one's. */
EXPORT void ftscan_ahead(struct ahead *ahead, uint64_t thread_count)
{
    pthread_t threads[THREADS_MAX];
    uint64_t started = 0;
    sigset_t all, before;
    ahead->next = 0;
    if (!slot_form_holds(ahead->slots))
        ahead->zone_count = 0;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    while (started + 1 < thread_count && started < THREADS_MAX && started + 1 < ahead->zone_count &&
           pthread_create(&threads[started], NULL, read_zones, ahead) == 0)
        started++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    read_zones(ahead);
    while (started > 0)
        pthread_join(threads[--started], NULL);
}
