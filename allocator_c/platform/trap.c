#define _GNU_SOURCE
#include "platform/trap.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

/* Bits of the processor's page fault code. */
#define FAULT_WROTE 2
#define FAULT_FETCHED 16

static void (*watcher)(const struct trap *trap);
static struct sigaction before;

static struct trap read_trap(const siginfo_t *info, const ucontext_t *context)
{
    struct trap trap = {.address = (uintptr_t)info->si_addr};
#if defined(__x86_64__)
    greg_t code = context->uc_mcontext.gregs[REG_ERR];
    trap.instruction = (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
    trap.access = code & FAULT_FETCHED ? 'x' : code & FAULT_WROTE ? 'w' : 'r';
#elif defined(__aarch64__)
    trap.instruction = (uintptr_t)context->uc_mcontext.pc;
#else
    (void)context;
#endif
    return trap;
}

static void on_signal(int number, siginfo_t *info, void *context)
{
    int saved_errno = errno;
    int is_access = info->si_code == SEGV_MAPERR || info->si_code == SEGV_ACCERR;
    if (is_access) {
        struct trap trap = read_trap(info, context);
        watcher(&trap);
    }
    /* Back at the instruction, the signal comes again by itself; one that was sent does not. */
    sigaction(number, &before, NULL);
    if (info->si_code <= 0)
        syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), number);
    errno = saved_errno;
}

void trap_watch(void (*on_trap)(const struct trap *trap))
{
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    sigemptyset(&action.sa_mask);
    watcher = on_trap;
    sigaction(SIGSEGV, &action, &before);
}
