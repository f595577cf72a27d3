/* exec, as the C library has it: of a file, or of a name that is searched for in PATH. On the stack alone. */
#ifndef FT_PLATFORM_EXECUTE_H
#define FT_PLATFORM_EXECUTE_H

/* Both call `before` once, when there is a file that may be executed, and return -1 with errno when it can't be. */
int execute_file(int directory, const char *path, char *const *arguments, char *const *environment, int flags,
                 void (*before)(void));
int execute_search(const char *name, char *const *arguments, char *const *environment, void (*before)(void));

#endif
