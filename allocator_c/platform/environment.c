#define _GNU_SOURCE
#include "platform/environment.h"

#include <sys/auxv.h>
#include <unistd.h>

#include "base/text.h"
#include "platform/file.h"

#define CHUNK_BYTES 4096

struct collection {
    const char *prefix;
    char *storage;
    size_t capacity;
    size_t used;
};

static size_t name_length(const char *entry)
{
    size_t length = 0;
    while (entry[length] != '\0' && entry[length] != '=')
        length++;
    return length;
}

static void keep_entry(struct collection *collection, const char *entry)
{
    size_t room = collection->capacity - collection->used - 1; /* the empty string at the end takes one */
    size_t length = text_length(entry);
    if (!text_begins(entry, collection->prefix))
        return;
    if (length >= room)
        length = name_length(entry);
    if (length >= room)
        return;
    for (size_t i = 0; i < length; i++)
        collection->storage[collection->used++] = entry[i];
    collection->storage[collection->used++] = '\0';
}

/* The kernel's own copy: the loader calls malloc before `environ` is set. An entry longer than a chunk is cut, and fits
 * no storage that is no longer than a chunk. */
static void collect_from_kernel(struct collection *collection)
{
    char entry[CHUNK_BYTES];
    char chunk[CHUNK_BYTES];
    size_t length = 0;
    int descriptor = file_open_to_read("/proc/self/environ");
    if (descriptor < 0)
        return;
    ssize_t count;
    while ((count = file_read(descriptor, chunk, sizeof(chunk))) > 0) {
        for (ssize_t i = 0; i < count; i++) {
            if (length < sizeof(entry))
                entry[length++] = chunk[i];
            if (chunk[i] != '\0')
                continue;
            entry[length - 1] = '\0';
            keep_entry(collection, entry);
            length = 0;
        }
    }
    file_close(descriptor);
}

void environment_collect(const char *prefix, char *storage, size_t capacity)
{
    struct collection collection = {.prefix = prefix, .storage = storage, .capacity = capacity, .used = 0};
    if (getauxval(AT_SECURE) == 0) {
        if (environ != NULL) {
            for (char **entry = environ; *entry != NULL; entry++)
                keep_entry(&collection, *entry);
        } else {
            collect_from_kernel(&collection);
        }
    }
    storage[collection.used] = '\0';
}
