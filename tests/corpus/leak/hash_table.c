/* A table with chains, held by a local variable of main; removed entries are forgotten.
 *
 * definite: 4 blocks, 96 bytes
 * indirect: 4 blocks, 32 bytes
 * reachable: 33 blocks, 640 bytes
 */
#include "leak.h"

struct entry {
    struct entry *next;
    char *key;
    long value;
};

APART static void fill(struct entry **table)
{
    for (long index = 0; index < 20; index++) {
        struct entry *entry = malloc(sizeof *entry);
        *entry = (struct entry){table[index % 16], memset(malloc(8), 'k', 8), index};
        table[index % 16] = entry;
    }
    for (int index = 0; index < 4; index++)
        table[index] = table[index]->next;
}

APART static void remember(struct entry ***where)
{
    *where = calloc(16, sizeof **where);
}

int main(void)
{
    struct entry **volatile table;
    remember((struct entry ***)&table);
    fill(table);
    end();
}
