/* Blocks whose type can be told: by the call that allocates them, by what points at them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct item {
    struct item *next;
    char *label;
    long weights[4];
};

typedef struct {
    struct item *first;
    struct item **sorted;
    unsigned count;
} shelf;

struct record {
    int kind;
    char text[];
};

shelf *store;
static struct item *spare[3];
void *untyped;

static void *checked(size_t size)
{
    void *memory = malloc(size);
    if (memory == NULL)
        abort();
    return memory;
}

__attribute__((noinline)) static struct item *add_item(shelf *owner, const char *label)
{
    struct item *item = checked(sizeof *item);
    memset(item, 0, sizeof *item);
    item->label = strdup(label);
    item->next = owner->first;
    owner->first = item;
    owner->count++;
    return item;
}

__attribute__((noipa)) static void crash(struct item *local, struct record *record)
{
    char buffer[32] = "on the stack";
    volatile char *nowhere = NULL;
    untyped = checked(100);
    *nowhere = buffer[local->weights[0] + record->kind];
}

int main(void)
{
    store = (shelf *)calloc(1, sizeof(shelf));
    for (int index = 0; index < 5; index++)
        add_item(store, "screws and bolts");
    store->sorted = calloc(store->count, sizeof(struct item *));
    store->sorted[0] = store->first;
    spare[2] = checked(3 * sizeof(struct item));
    memset(spare[2], 0, 3 * sizeof(struct item));
    struct record *record = malloc(sizeof *record + 41);
    record->kind = 0;
    crash(store->first->next, record);
    free(record);
    return 0;
}
