#define _GNU_SOURCE
#include "platform/execute.h"

#include <alloca.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "platform/process.h"

#define DEFAULT_PATH "/bin:/usr/bin"
#define SHELL "/bin/sh"

struct search {
    char *const *arguments;
    char *const *environment;
    void (*before)(void); /* NULL: was called */
};

/* errno is as it was. */
static int may_be_executed(int directory, const char *path, int flags)
{
    struct stat status;
    int saved_errno = errno;
    int may = fstatat(directory, path, &status, flags & (AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW)) == 0
              && S_ISREG(status.st_mode) && (status.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH));
    errno = saved_errno;
    return may;
}

int execute_file(int directory, const char *path, char *const *arguments, char *const *environment, int flags,
                 void (*before)(void))
{
    if (path != NULL && may_be_executed(directory, path, flags))
        before();
    return process_execute(directory, path, arguments, environment, flags);
}

/* A file without a head that the kernel knows is the shell's to read. */
static void execute_as_script(const struct search *search, const char *path)
{
    size_t count = 0;
    while (search->arguments[count] != NULL)
        count++;
    char **arguments = alloca((count + 3) * sizeof(*arguments));
    arguments[0] = SHELL;
    arguments[1] = (char *)path;
    for (size_t i = 1; i <= count; i++)
        arguments[i + 1] = search->arguments[i];
    arguments[count > 0 ? count + 1 : 2] = NULL;
    process_execute(AT_FDCWD, SHELL, arguments, search->environment, 0);
}

static void try_file(struct search *search, const char *path)
{
    if (search->before != NULL && may_be_executed(AT_FDCWD, path, 0)) {
        search->before();
        search->before = NULL;
    }
    process_execute(AT_FDCWD, path, search->arguments, search->environment, 0);
    if (errno == ENOEXEC)
        execute_as_script(search, path);
}

/* The folder in front of the colon; an empty one is the working directory. Returns what is behind the colon; NULL: it
 * was the last. */
static const char *add_folder(struct text *path, const char *folders)
{
    const char *end = folders;
    while (*end != '\0' && *end != ':')
        text_add_char(path, *end++);
    if (end != folders)
        text_add_char(path, '/');
    return *end == ':' ? end + 1 : NULL;
}

static int is_worth_going_on(int error)
{
    return error == EACCES || error == ENOENT || error == ESTALE || error == ENOTDIR || error == ENODEV
           || error == ETIMEDOUT;
}

static int has_slash(const char *name)
{
    for (; *name != '\0'; name++)
        if (*name == '/')
            return 1;
    return 0;
}

int execute_search(const char *name, char *const *arguments, char *const *environment, void (*before)(void))
{
    struct search search = {.arguments = arguments, .environment = environment, .before = before};
    const char *folders = getenv("PATH");
    int was_refused = 0;
    if (has_slash(name)) {
        try_file(&search, name);
        return -1;
    }
    if (name[0] == '\0' || text_length(name) > NAME_MAX) {
        errno = name[0] == '\0' ? ENOENT : ENAMETOOLONG;
        return -1;
    }
    for (folders = folders == NULL ? DEFAULT_PATH : folders; folders != NULL;) {
        char storage[PATH_MAX + NAME_MAX + 2];
        struct text path = text_in(storage, sizeof(storage));
        folders = add_folder(&path, folders);
        text_add(&path, name);
        errno = ENOENT;
        if (path.length < sizeof(storage) - 1)
            try_file(&search, storage);
        if (!is_worth_going_on(errno))
            return -1;
        was_refused |= errno == EACCES;
    }
    errno = was_refused ? EACCES : ENOENT;
    return -1;
}
