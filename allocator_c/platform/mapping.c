#include "platform/mapping.h"

#include "base/text.h"
#include "platform/file.h"

/* Little, since a report may be made on the small stack of a signal handler. */
#define CHUNK_BYTES 512
#define LINE_BYTES 384 /* the fixed part has about 75; longer paths are cut off */

/* One line: "start-end access offset device inode   path". Returns 0 when it has another form. */
static int parse_line(const char *line, struct mapping *mapping)
{
    uint64_t start;
    uint64_t end;
    if (!text_read_hex(&line, &start) || *line++ != '-' || !text_read_hex(&line, &end) || *line++ != ' ')
        return 0;
    mapping->start = (uintptr_t)start;
    mapping->end = (uintptr_t)end;
    struct text access = text_in(mapping->access, sizeof(mapping->access));
    while (*line != '\0' && *line != ' ')
        text_add_char(&access, *line++);
    if (*line++ != ' ' || !text_read_hex(&line, &mapping->file_offset))
        return 0;
    for (int spaces = 0; *line != '\0' && spaces < 3; line++)
        spaces += *line == ' '; /* behind the offset, the device and the inode */
    while (*line == ' ')
        line++;
    struct text path = text_in(mapping->path, sizeof(mapping->path));
    text_add(&path, line);
    return 1;
}

int mapping_find(uintptr_t address, struct mapping *found)
{
    char chunk[CHUNK_BYTES];
    char storage[LINE_BYTES];
    struct text line = text_in(storage, sizeof(storage));
    int hit = 0;
    int descriptor = file_open_to_read("/proc/self/maps");
    if (descriptor < 0)
        return 0;
    ssize_t count;
    while (!hit && (count = file_read(descriptor, chunk, sizeof(chunk))) > 0) {
        for (ssize_t i = 0; i < count && !hit; i++) {
            if (chunk[i] != '\n') {
                text_add_char(&line, chunk[i]);
                continue;
            }
            hit = parse_line(storage, found) && address >= found->start && address < found->end;
            line = text_in(storage, sizeof(storage));
        }
    }
    file_close(descriptor);
    return hit;
}
