/* Cases of one program, each run in a process of its own: `program NAME`. A failed CHECK ends the process. */
#ifndef CASES_H
#define CASES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct test_case {
    const char *name;
    void (*run)(void);
    struct test_case *next;
};

extern struct test_case *all_cases;

#define CASE(name)                                                                                                   \
    static void name(void);                                                                                          \
    __attribute__((constructor)) static void register_##name(void)                                                   \
    {                                                                                                                \
        static struct test_case this_case = {#name, name, NULL};                                                     \
        this_case.next = all_cases;                                                                                  \
        all_cases = &this_case;                                                                                      \
    }                                                                                                                \
    static void name(void)

#define CHECK(condition)                                                                                             \
    do {                                                                                                             \
        if (!(condition)) {                                                                                          \
            fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition);                            \
            exit(1);                                                                                                 \
        }                                                                                                            \
    } while (0)

#ifdef CASES_MAIN
struct test_case *all_cases;

int main(int argument_count, char **arguments)
{
    for (struct test_case *one = all_cases; argument_count > 1 && one != NULL; one = one->next)
        if (strcmp(one->name, arguments[1]) == 0) {
            one->run();
            return 0;
        }
    fprintf(stderr, "no such case\n");
    return 2;
}
#endif

#endif
