#include "debug/suppressions.h"

#include "base/text.h"
#include "debug/depot.h"
#include "debug/options.h"
#include "platform/file.h"
#include "platform/output.h"
#include "report/report_text.h"

#define FILE_BYTES_MAX 16384
#define PATTERNS_MAX 256

static char content[FILE_BYTES_MAX];
static const char *patterns[PATTERNS_MAX];
static unsigned pattern_count;

static void tell_unreadable(const char *path)
{
    char line[512];
    struct text text = text_in(line, sizeof(line));
    text_add(&text, "ftmalloc: FtLeaksSuppressions: cannot read ");
    text_add(&text, path);
    text_add(&text, "; nothing is suppressed\n");
    output_write_error(text.start, text.length);
}

/* Cuts the line where it ends, and keeps it when it is one of ours. Returns the next line. */
static char *take_line(char *line)
{
    while (*line == ' ' || *line == '\t')
        line++;
    char *end = line;
    while (*end != '\0' && *end != '\n')
        end++;
    char *next = *end == '\0' ? end : end + 1;
    *end = '\0';
    while (end > line && (end[-1] == ' ' || end[-1] == '\r' || end[-1] == '\t'))
        *--end = '\0';
    if (text_begins(line, "leak:") && line[5] != '\0' && pattern_count < PATTERNS_MAX)
        patterns[pattern_count++] = line + 5;
    return next;
}

void suppressions_read(void)
{
    const char *path = option_text(OPTION_SUPPRESSIONS);
    if (path == NULL)
        return;
    int descriptor = file_open_to_read(path);
    if (descriptor < 0) {
        tell_unreadable(path);
        return;
    }
    size_t length = 0;
    ssize_t count;
    while (length < sizeof(content) - 1
           && (count = file_read(descriptor, content + length, sizeof(content) - 1 - length)) > 0)
        length += (size_t)count;
    file_close(descriptor);
    content[length] = '\0';
    for (char *line = content; *line != '\0';)
        line = take_line(line);
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

int suppressions_cover(uint32_t stack)
{
    const struct stored_stack *stored = depot_stack(stack);
    for (uint32_t i = 0; pattern_count != 0 && stored != NULL && i < stored->frame_count; i++) {
        char function[256];
        char module[256];
        report_text_names(stored->frames[i], function, sizeof(function), module, sizeof(module));
        for (unsigned p = 0; p < pattern_count; p++)
            if (matches(patterns[p], function) || matches(patterns[p], module))
                return 1;
    }
    return 0;
}
