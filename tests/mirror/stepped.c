/* The child of the single-step test: works through a script of allocator calls, one after the other.
 *
 * `oracle` tells the tracer what must be live. While `current` is not NOBODY, the call that concerns that entry runs,
 * and it alone is in doubt. The tracer steps between the two SIGSTOPs of each scene, and lets the rest run.
 * With the argument "small" the scenes are left out whose blocks take too long to fill step by step.
 */
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <unistd.h>

#define ENTRY_COUNT 600
#define NOBODY UINT64_C(0xffffffff)

struct oracle {
    volatile uint64_t current; /* index of the entry being operated on, or NOBODY */
    volatile uint64_t scene;   /* counts the scenes, from 1 */
    volatile uint64_t addresses[ENTRY_COUNT]; /* 0: entry is free */
    volatile uint64_t sizes[ENTRY_COUNT];
};

struct oracle oracle = {.current = NOBODY};

static void settle(uint64_t index, void *pointer, size_t size)
{
    oracle.sizes[index] = pointer ? size : 0;
    oracle.addresses[index] = (uintptr_t)pointer;
    oracle.current = NOBODY;
}

static void take(uint64_t index, size_t size)
{
    oracle.current = index;
    settle(index, malloc(size), size);
}

static void take_zeroed(uint64_t index, size_t size)
{
    oracle.current = index;
    settle(index, calloc(1, size), size);
}

static void take_aligned(uint64_t index, size_t alignment, size_t size)
{
    oracle.current = index;
    settle(index, aligned_alloc(alignment, size), size);
}

static void resize(uint64_t index, size_t size)
{
    oracle.current = index;
    settle(index, realloc((void *)oracle.addresses[index], size), size);
}

static void drop(uint64_t index)
{
    oracle.current = index;
    free((void *)oracle.addresses[index]);
    settle(index, NULL, 0);
}

static void drop_all(void)
{
    for (uint64_t index = 0; index < ENTRY_COUNT; index++) {
        if (oracle.addresses[index])
            drop(index);
    }
}

static const size_t sizes[] = {0, 1, 16, 40, 100, 500, 1024, 1025, 4000, 20000, 32768};
static size_t size_count = sizeof sizes / sizeof *sizes;

/* First block of a size: its run is cut from a zone, maybe a new one. */
static void scene_first_blocks(void)
{
    for (size_t index = 0; index < size_count; index++)
        take(index, sizes[index]);
}

static void scene_pairs(void)
{
    for (size_t index = 0; index < size_count; index++) {
        drop(index);
        take(index, sizes[index]);
        drop(index);
        take_zeroed(index, sizes[index]);
    }
}

static void scene_aligned(void)
{
    take_aligned(20, 64, 64);
    take_aligned(21, 256, 256);
    take_aligned(22, 4096, 8192);
    take_aligned(23, 65536, 65536);
    drop(20);
    drop(22);
    resize(21, 1000);
    drop(21);
    drop(23);
}

static void scene_resize(void)
{
    take(30, 10);
    for (size_t size = 20; size < 10000; size *= 3)
        resize(30, size);
    resize(30, 100);
    drop(30);
}

static void scene_resize_large(void)
{
    take(30, 10000);
    resize(30, 150000);
    resize(30, 390000);
    resize(30, 600000);
    resize(30, 1200000);
    resize(30, 70000);
    drop(30);
}

static void scene_large(void)
{
    take(40, 40000);
    take(41, 300000);
    take_zeroed(42, 100000);
    drop(40);
    take(40, 50000);
    drop(41);
    drop(42);
    drop(40);
}

static void scene_huge(void)
{
    take(50, (size_t)70 << 20);
    resize(50, (size_t)90 << 20);
    drop(50);
}

/* Caches run empty and full: what the calls do then is done by few of them, so many are made. */
static void scene_refills(void)
{
    for (uint64_t index = 100; index < 400; index++)
        take(index, 48);
}

static void scene_flushes(void)
{
    for (uint64_t index = 100; index < 400; index++)
        drop(index);
}

static void (*const scenes[])(void) = {
    scene_first_blocks, scene_pairs, scene_aligned, scene_resize, scene_refills, scene_flushes,
    scene_large, scene_resize_large, scene_huge, drop_all,
};
#define SMALL_SCENES 6
#define SMALL_SIZES 9

int main(int argc, char **argv)
{
    size_t count = sizeof scenes / sizeof *scenes;
    if (argc > 1 && strcmp(argv[1], "small") == 0) {
        count = SMALL_SCENES;
        size_count = SMALL_SIZES;
    }
    ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    for (size_t index = 0; index < count; index++) {
        oracle.scene = index + 1;
        raise(SIGSTOP);
        scenes[index]();
        raise(SIGSTOP);
    }
    return 0;
}
