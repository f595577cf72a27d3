/* The ways in which a process ends. Each leaves a block of 42 bytes and one of 100 to be listed, or not. */
#define _GNU_SOURCE
#define CASES_MAIN
#include "cases.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static void *volatile kept[2];
static char *const no_words[] = {"true", NULL};
static char *const no_variables[] = {NULL};

static void leak(void)
{
    kept[0] = malloc(42);
    kept[1] = malloc(100);
}

/* The status of the child, whose end is its own affair. */
static int wait_for(pid_t child)
{
    int status;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
    return WEXITSTATUS(status);
}

CASE(exit_with_nothing_kept)
{
    _exit(0);
}

CASE(exit_at_once)
{
    leak();
    _exit(3);
}

CASE(exit_at_once_by_its_c_name)
{
    leak();
    _Exit(3);
}

CASE(exit_quickly)
{
    leak();
    quick_exit(3);
}

static void exit_in_handler(void)
{
    _exit(3);
}

CASE(exit_at_once_in_an_exit_handler)
{
    leak();
    atexit(exit_in_handler);
    exit(0);
}

static void exit_on_signal(int number)
{
    (void)number;
    _exit(3);
}

CASE(exit_at_once_in_a_signal_handler)
{
    leak();
    signal(SIGUSR1, exit_on_signal);
    raise(SIGUSR1);
}

static void *churn(void *unused)
{
    for (;;) {
        void *blocks[64];
        for (int i = 0; i < 64; i++)
            blocks[i] = malloc((size_t)i * 700);
        for (int i = 0; i < 64; i++)
            free(blocks[i]);
    }
    return unused;
}

static void *do_nothing(void *unused)
{
    return unused;
}

static void *wait_for_ever(void *unused)
{
    pause();
    return unused;
}

/* What the C library keeps for threads, those that run and the next ones, is no leak. */
CASE(threads_have_run_and_still_do)
{
    pthread_t thread;
    leak();
    for (int i = 0; i < 3; i++) {
        CHECK(pthread_create(&thread, NULL, do_nothing, NULL) == 0);
        CHECK(pthread_join(thread, NULL) == 0);
        CHECK(pthread_create(&thread, NULL, wait_for_ever, NULL) == 0);
    }
}

static void *end_the_process(void *unused)
{
    usleep(20000);
    _exit(3);
    return unused;
}

CASE(exit_at_once_while_threads_allocate)
{
    pthread_t thread;
    for (int i = 0; i < 3; i++)
        pthread_create(&thread, NULL, churn, NULL);
    pthread_create(&thread, NULL, end_the_process, NULL);
    pthread_create(&thread, NULL, end_the_process, NULL);
    pthread_join(thread, NULL);
}

/* The alarm mostly finds the thread inside of the allocator. */
CASE(exit_at_once_from_a_signal_inside_malloc)
{
    signal(SIGALRM, exit_on_signal);
    ualarm(30000, 0);
    churn(NULL);
}

CASE(become_execve)
{
    leak();
    execve("/bin/true", no_words, no_variables);
}

CASE(become_execv)
{
    leak();
    unsetenv("LD_PRELOAD");
    execv("/bin/true", no_words);
}

CASE(become_execl)
{
    leak();
    unsetenv("LD_PRELOAD");
    execl("/bin/sh", "sh", "-c", "test $1 = one && test $3 = three", "sh", "one", "two", "three", (char *)NULL);
}

CASE(become_execle)
{
    char *const variables[] = {"WORD=here", NULL};
    leak();
    execle("/bin/sh", "sh", "-c", "test $WORD = here", (char *)NULL, variables);
}

CASE(become_execlp)
{
    leak();
    unsetenv("LD_PRELOAD");
    execlp("true", "true", (char *)NULL);
}

CASE(become_execvp)
{
    leak();
    unsetenv("LD_PRELOAD");
    execvp("true", no_words);
}

CASE(become_execvpe)
{
    leak();
    execvpe("true", no_words, no_variables);
}

CASE(become_fexecve)
{
    leak();
    fexecve(open("/bin/true", O_RDONLY | O_CLOEXEC), no_words, no_variables);
}

CASE(become_execveat)
{
    leak();
    execveat(open("/bin", O_RDONLY | O_DIRECTORY | O_CLOEXEC), "true", no_words, no_variables, 0);
}

CASE(become_another_after_a_reported_error)
{
    leak();
    void *volatile block = malloc(10);
    free(block);
    free(block);
    execve("/bin/true", no_words, no_variables);
}

/* The C library's own answers. */
CASE(become_nothing)
{
    char long_name[400];
    memset(long_name, 'x', sizeof(long_name) - 1);
    long_name[sizeof(long_name) - 1] = '\0';
    leak();
    CHECK(execvp("no-such-program", no_words) == -1 && errno == ENOENT);
    CHECK(execvp("", no_words) == -1 && errno == ENOENT);
    CHECK(execvp(long_name, no_words) == -1 && errno == ENAMETOOLONG);
    CHECK(execv("/bin", no_words) == -1 && errno == EACCES);
    CHECK(execvp("/bin/no-such/program", no_words) == -1 && errno == ENOENT);
    CHECK(execve("/bin/sh/x", no_words, no_variables) == -1 && errno == ENOTDIR);
    CHECK(fexecve(-1, no_words, no_variables) == -1 && errno == EINVAL);
    environ = (char *[]){"PATH=/etc:/proc/self", NULL};
    CHECK(execvp("passwd", no_words) == -1 && errno == EACCES);
}

/* A file without a head is the shell's, and the first one in PATH that may be executed counts. */
CASE(become_a_script)
{
    int descriptor = open("a-script", O_WRONLY | O_CREAT | O_TRUNC, 0755);
    CHECK(write(descriptor, "test $1 = word\n", 15) == 15 && close(descriptor) == 0);
    leak();
    environ = (char *[]){"PATH=/nonexistent::/bin", NULL};
    execlp("a-script", "a-script", "word", (char *)NULL);
}

CASE(child_of_fork_exits_at_once)
{
    leak();
    pid_t child = fork();
    if (child == 0)
        _exit(5);
    CHECK(wait_for(child) == 5);
}

CASE(child_of_fork_exits)
{
    leak();
    pid_t child = fork();
    if (child == 0)
        exit(5);
    wait_for(child);
}

CASE(child_of_fork_becomes_another)
{
    leak();
    pid_t child = fork();
    if (child == 0)
        execve("/bin/true", no_words, no_variables);
    CHECK(wait_for(child) == 0);
}

CASE(child_of_vfork_exits_at_once)
{
    leak();
    pid_t child = vfork();
    if (child == 0)
        _exit(5);
    CHECK(wait_for(child) == 5);
}

CASE(child_of_vfork_becomes_another)
{
    leak();
    pid_t child = vfork();
    if (child == 0) {
        execvpe("true", no_words, no_variables);
        _exit(1);
    }
    CHECK(wait_for(child) == 0);
}

CASE(spawned_child)
{
    pid_t child;
    leak();
    CHECK(posix_spawnp(&child, "true", NULL, NULL, no_words, no_variables) == 0);
    CHECK(wait_for(child) == 0);
}

/* The C library makes these children by a vfork of its own, and ends them by an exit of its own where exec fails. */
CASE(child_of_system)
{
    leak();
    unsetenv("LD_PRELOAD");
    CHECK(WEXITSTATUS(system("exit 3")) == 3);
    CHECK(WEXITSTATUS(system("/nonexistent/program 2> /dev/null")) == 127);
}

CASE(child_of_popen)
{
    char answer[8] = "";
    leak();
    unsetenv("LD_PRELOAD");
    FILE *stream = popen("echo here", "r");
    CHECK(fgets(answer, sizeof(answer), stream) != NULL && strcmp(answer, "here\n") == 0);
    CHECK(pclose(stream) == 0);
}

CASE(spawned_child_that_is_no_program)
{
    pid_t child;
    leak();
    CHECK(posix_spawn(&child, "/nonexistent/program", NULL, NULL, no_words, no_variables) == ENOENT);
    CHECK(posix_spawnp(&child, "no-such-program", NULL, NULL, no_words, no_variables) == ENOENT);
}

CASE(nobody_reads_standard_error)
{
    int ends[2];
    leak();
    CHECK(pipe(ends) == 0 && dup2(ends[1], STDERR_FILENO) == STDERR_FILENO);
    close(ends[0]);
    close(ends[1]);
}
