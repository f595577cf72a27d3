/* What the switches do at the edges of a process. */
#define _GNU_SOURCE
#define CASES_MAIN
#include "cases.h"

#include <unistd.h>

void show_alloc_mem(void);
void show_alloc_memory(void);
void show_alloc_mem_ex(void);

static void *volatile keep[10];

CASE(nothing)
{
}

CASE(leak_some)
{
    keep[0] = malloc(100);
    keep[1] = malloc(100);
    keep[2] = calloc(7, 6);
    keep[3] = malloc(2000000);
    free(malloc(31));
    printf("stdio has a buffer of its own\n");
}

CASE(wrong_free)
{
    char local[20];
    keep[0] = local;
    free(keep[0]);
}

CASE(wrong_free_with_standard_error_closed)
{
    char local[20];
    keep[0] = local;
    close(2);
    free(keep[0]);
}

CASE(wrong_free_in_another_folder)
{
    char local[20];
    keep[0] = local;
    CHECK(chdir("/") == 0);
    free(keep[0]);
}

CASE(is_scribbled)
{
    unsigned char *p = malloc(100);
    printf("%s\n", p[50] == 0xaa ? "yes" : "no");
}

CASE(show)
{
    keep[0] = malloc(42);
    keep[1] = malloc(84);
    keep[2] = malloc(3725);
    keep[3] = malloc(48847);
    memcpy(keep[0], "hexdump", 8);
    free(keep[1]);
    puts("--");
    show_alloc_mem();
    puts("--");
    show_alloc_memory();
    puts("--");
    show_alloc_mem_ex();
}

static void *early[3];

__attribute__((constructor(102))) static void allocate_early(void)
{
    for (int i = 0; i < 3; i++)
        early[i] = malloc(1000);
}

/* Runs at exit, but before the leaks are counted. */
__attribute__((destructor(102))) static void free_early(void)
{
    for (int i = 0; i < 3; i++)
        free(early[i]);
}

CASE(allocated_in_a_constructor)
{
    for (int i = 0; i < 3; i++)
        CHECK(((unsigned char *)early[i])[999] == 0xaa);
}
