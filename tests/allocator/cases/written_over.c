/* Blocks that were written in front of their start, over their header and the books behind it: whoever walks the heap
 * then may miss a block, and must not be led astray. */
#define CASES_MAIN
#include "cases.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include "include/ftmalloc.h"

#define PAGE_BYTES 4096
#define FILLED_BYTES 100000
#define REACH_MAX 192 /* as far as a LARGE zone's header goes from its payload, and further */

static void walk_by_all_ways(void *block)
{
    FILE *nowhere = fopen("/dev/null", "w");
    dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
    dup2(STDOUT_FILENO, STDERR_FILENO);
    show_alloc_mem();
    show_alloc_mem_ex();
    mallinfo2();
    malloc_info(0, nowhere);
    ftmalloc_check_heap();
    ftmalloc_leaks_mark();
    ftmalloc_leaks_report();
    ftmalloc_describe(block);
    ftmalloc_describe((char *)block + 100);
}

/* The payload is full of what a run's state would be, had it been one. A mapping of its own has nothing in front of its
 * first page. */
static void write_and_walk(size_t size, size_t reach, int byte)
{
    pid_t child = fork();
    int status;
    if (child == 0) {
        char *block = malloc(size);
        memset(block, 1, size < FILLED_BYTES ? size : FILLED_BYTES);
        if (reach <= (uintptr_t)block % PAGE_BYTES)
            memset(block - reach, byte, reach);
        walk_by_all_ways(block);
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
}

static void try_all(size_t size)
{
    static const int bytes[] = {0, 1, 255};
    for (size_t reach = 8; reach <= REACH_MAX; reach += 8)
        for (size_t i = 0; i < sizeof(bytes) / sizeof(*bytes); i++)
            write_and_walk(size, reach, bytes[i]);
}

CASE(a_block_of_a_region)
{
    try_all(100000);
}

CASE(a_block_with_its_own_mapping)
{
    try_all(20000000);
}

CASE(a_small_block)
{
    try_all(100);
}

/* The zone in front of the freed one in the list of zones does not lead to it any more, the one behind still does. */
CASE(the_next_zone_in_the_list)
{
    char *zones[4];
    for (int i = 0; i < 4; i++)
        zones[i] = malloc(17000000);
    memset(zones[2] - 120, 'A', 120);
    free(zones[1]);
    free(zones[3]);
    free(zones[0]);
    walk_by_all_ways(malloc(17000000));
}

/* Blocks that come and go, the same for a seed. */
#define BLOCK_COUNT 64
static char *blocks[BLOCK_COUNT];
static size_t sizes[BLOCK_COUNT];
static uint64_t state;

static size_t below(size_t limit)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(state >> 33) % limit;
}

static void come_and_go(int steps)
{
    static const size_t limits[] = {600, 600, 600, 40000, 330000, 17000000};
    while (steps-- > 0) {
        size_t i = below(BLOCK_COUNT), size = below(limits[below(6)]);
        char *moved = blocks[i] == NULL || below(2) ? NULL : realloc(blocks[i], size + 1);
        if (moved == NULL) {
            free(blocks[i]);
            moved = below(2) ? NULL : aligned_alloc((size_t)16 << below(8), size + 1);
        }
        blocks[i] = moved;
        sizes[i] = size + 1;
    }
}

/* Only where the block's own pages are: the program itself must not fault. */
static void write_around(size_t i)
{
    size_t count = 1 + below(120);
    char *at = below(2) ? blocks[i] - count : blocks[i] + sizes[i];
    char *own = at < blocks[i] ? blocks[i] : blocks[i] + sizes[i] - 1;
    if (blocks[i] != NULL && ((uintptr_t)at ^ (uintptr_t)own) < PAGE_BYTES
        && ((uintptr_t)(at + count - 1) ^ (uintptr_t)own) < PAGE_BYTES)
        memset(at, below(3) ? (int)below(256) : 0, count);
}

CASE(many_blocks_at_random)
{
    for (uint64_t seed = 1; seed <= 12; seed++) {
        pid_t child = fork();
        int status;
        if (child == 0) {
            state = seed;
            come_and_go(200);
            for (int i = 0; i < 3; i++)
                write_around(below(BLOCK_COUNT));
            come_and_go(150);
            walk_by_all_ways(blocks);
            malloc_trim(0);
            come_and_go(150);
            _exit(0);
        }
        CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
    }
}
