#include "debug/suppressions.h"

#include <string.h>

#include "base/text.h"
#include "debug/depot.h"
#include "debug/options.h"
#include "platform/file.h"
#include "platform/output.h"
#include "platform/pages.h"
#include "report/demangle.h"
#include "report/report_text.h"

#define BYTES_AT_FIRST ((size_t)16 << 10)
#define BYTES_MAX ((size_t)64 << 20)

/* One behind the other, each ended by a 0; an empty one is the last. In pages of their own. */
static char *patterns;

static void tell(const char *path, const char *why)
{
    char line[512];
    struct text text = text_in(line, sizeof(line));
    text_add(&text, "ftmalloc: FtLeaksSuppressions: cannot read ");
    text_add(&text, path);
    text_add(&text, why);
    text_add(&text, "; nothing is suppressed\n");
    output_write_error(text.start, text.length);
}

/* The whole file, with two zeros behind it; NULL: it is none, it has no end, or there is no memory. */
static char *read_all(int descriptor)
{
    size_t capacity = BYTES_AT_FIRST;
    size_t length = 0;
    char *content = pages_map(capacity);
    ssize_t count = 0;
    while (content != NULL && (count = file_read(descriptor, content + length, capacity - 2 - length)) > 0) {
        length += (size_t)count;
        if (length < capacity - 2)
            continue;
        char *grown = capacity < BYTES_MAX ? pages_map(2 * capacity) : NULL;
        if (grown != NULL)
            memcpy(grown, content, length);
        pages_unmap(content, capacity);
        content = grown;
        capacity *= 2;
    }
    if (content != NULL && count < 0) {
        pages_unmap(content, capacity);
        content = NULL;
    }
    return content;
}

/* Moves what is ours of the line to `*end`, with a 0 behind it. Returns the next line. */
static const char *take_line(const char *line, char **end)
{
    while (*line == ' ' || *line == '\t')
        line++;
    size_t length = 0;
    while (line[length] != '\0' && line[length] != '\n')
        length++;
    const char *next = line + length + (line[length] == '\n');
    while (length > 0 && (line[length - 1] == ' ' || line[length - 1] == '\r' || line[length - 1] == '\t'))
        length--;
    if (text_begins(line, "leak:") && length > 5) {
        memmove(*end, line + 5, length - 5);
        *end += length - 5;
        *(*end)++ = '\0';
    }
    return next;
}

void suppressions_read(void)
{
    const char *path = option_text(OPTION_SUPPRESSIONS);
    if (path == NULL)
        return;
    int descriptor = file_open_to_read(path);
    if (descriptor < 0) {
        tell(path, "");
        return;
    }
    char *content = read_all(descriptor);
    file_close(descriptor);
    if (content == NULL) {
        tell(path, ": no file, no memory, or more than 64 MB");
        return;
    }
    char *end = content;
    for (const char *line = content; *line != '\0';)
        line = take_line(line, &end);
    *end = '\0';
    patterns = content;
}

/* The pattern against the start of the string; * stands for any characters. Steps are bounded by both lengths. */
static int matches_here(const char *pattern, const char *string)
{
    const char *star = NULL;
    const char *retry = NULL;
    while (*pattern != '\0' && !(pattern[0] == '$' && pattern[1] == '\0' && *string == '\0')) {
        if (*pattern == '*') {
            star = ++pattern;
            retry = string;
        } else if (*string != '\0' && *pattern == *string) {
            pattern++;
            string++;
        } else if (star != NULL && *retry != '\0') {
            pattern = star;
            string = ++retry;
        } else {
            return 0;
        }
    }
    return 1;
}

static int matches(const char *pattern, const char *string)
{
    if (*pattern == '^')
        return matches_here(pattern + 1, string);
    for (; *string != '\0'; string++)
        if (matches_here(pattern, string))
            return 1;
    return 0;
}

/* By a function's name as people write it, or as linkers do. */
static int is_covered(const char *function, const char *module)
{
    char readable[256];
    struct text name = text_in(readable, sizeof(readable));
    demangle_add(&name, function);
    for (const char *pattern = patterns; *pattern != '\0'; pattern += text_length(pattern) + 1)
        if (matches(pattern, readable) || matches(pattern, function) || matches(pattern, module))
            return 1;
    return 0;
}

int suppressions_cover(uint32_t stack)
{
    const struct stored_stack *stored = depot_stack(stack);
    for (uint32_t i = 0; patterns != NULL && stored != NULL && i < stored->frame_count; i++) {
        char function[256];
        char module[256];
        report_text_names(stored->frames[i], function, sizeof(function), module, sizeof(module));
        if (is_covered(function, module))
            return 1;
    }
    return 0;
}
