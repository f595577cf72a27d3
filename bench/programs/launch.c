/* launch DESCRIPTOR PRELOAD COMMAND...: runs COMMAND, and writes to DESCRIPTOR what it took:
 *
 *     exit-status signal wall-seconds user-seconds system-seconds peak-kilobytes minor-faults
 *
 * PRELOAD is a library for LD_PRELOAD, or "-". A program of its own, since the kernel counts the peak of the
 * process that forked as the child's too, and Python's is larger than that of most cases.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
    if (argc < 4)
        return fputs("usage: launch DESCRIPTOR PRELOAD COMMAND...\n", stderr), 2;
    int descriptor = atoi(argv[1]);
    double start = seconds_now();
    pid_t child = fork();
    if (child == 0) {
        close(descriptor);
        if (strcmp(argv[2], "-") != 0)
            setenv("LD_PRELOAD", argv[2], 1);
        execvp(argv[3], argv + 3);
        perror(argv[3]);
        _exit(127);
    }
    int status;
    struct rusage usage;
    if (child < 0 || wait4(child, &status, 0, &usage) != child)
        return perror("launch"), 2;
    dprintf(descriptor, "%d %d %.6f %.6f %.6f %ld %ld\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1,
            WIFSIGNALED(status) ? WTERMSIG(status) : 0, seconds_now() - start, seconds_of(usage.ru_utime),
            seconds_of(usage.ru_stime), usage.ru_maxrss, usage.ru_minflt);
    return 0;
}
