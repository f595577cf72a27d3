/* exec: the process becomes another program. As the C library does it, with a word to the debug layer before. All of
 * it runs on the stack alone, since children of vfork come here. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include "base/attributes.h"
#include "debug/life.h"
#include "platform/execute.h"

FT_EXPORT int execve(const char *path, char *const *arguments, char *const *environment)
{
    return execute_file(AT_FDCWD, path, arguments, environment, 0, life_before_exec);
}

FT_EXPORT int execv(const char *path, char *const *arguments)
{
    return execute_file(AT_FDCWD, path, arguments, environ, 0, life_before_exec);
}

FT_EXPORT int execveat(int directory, const char *path, char *const *arguments, char *const *environment, int flags)
{
    return execute_file(directory, path, arguments, environment, flags, life_before_exec);
}

FT_EXPORT int fexecve(int descriptor, char *const *arguments, char *const *environment)
{
    if (descriptor < 0) {
        errno = EINVAL;
        return -1;
    }
    return execute_file(descriptor, "", arguments, environment, AT_EMPTY_PATH, life_before_exec);
}

FT_EXPORT int execvpe(const char *file, char *const *arguments, char *const *environment)
{
    return execute_search(file, arguments, environment, life_before_exec);
}

FT_EXPORT int execvp(const char *file, char *const *arguments)
{
    return execute_search(file, arguments, environ, life_before_exec);
}

/* Words of a call: from `first` on, up to and with the NULL. */
static size_t count_words(const char *first, va_list *words)
{
    size_t count = 1;
    for (const char *word = first; word != NULL; word = va_arg(*words, const char *))
        count++;
    return count;
}

static void copy_words(char **copy, const char *first, va_list *words)
{
    *copy = (char *)first;
    while (*copy++ != NULL)
        *copy = va_arg(*words, char *);
}

/* The list of a call as an array on the stack of the function that uses it; `words` stands behind its NULL then. */
#define WORDS_AS_ARRAY(array, first, words)                                                                          \
    va_list words;                                                                                                   \
    va_start(words, first);                                                                                          \
    char **array = __builtin_alloca(count_words(first, &words) * sizeof(*array));                                    \
    va_end(words);                                                                                                   \
    va_start(words, first);                                                                                          \
    copy_words(array, first, &words)

FT_EXPORT int execl(const char *path, const char *first, ...)
{
    WORDS_AS_ARRAY(arguments, first, words);
    va_end(words);
    return execv(path, arguments);
}

FT_EXPORT int execlp(const char *file, const char *first, ...)
{
    WORDS_AS_ARRAY(arguments, first, words);
    va_end(words);
    return execvp(file, arguments);
}

FT_EXPORT int execle(const char *path, const char *first, ...)
{
    WORDS_AS_ARRAY(arguments, first, words);
    char *const *environment = va_arg(words, char *const *);
    va_end(words);
    return execve(path, arguments, environment);
}
