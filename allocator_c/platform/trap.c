#define _GNU_SOURCE
#include "platform/trap.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/attributes.h"
#include "platform/operand.h"
#include "platform/pages.h"
#include "platform/thread.h"

#define STACK_BYTES ((size_t)64 << 10)

static void (*watcher)(const struct trap *trap);
static void (*watcher_of_second)(const struct trap *first, const struct trap *second);
static struct sigaction before_segv;
static struct sigaction before_bus;
static pthread_key_t stack_key;

#if defined(__x86_64__)
/* Bits of the processor's page fault code, and the number of a page fault. */
#define FAULT_WROTE 2
#define FAULT_FETCHED 16
#define PAGE_FAULT 14
#define PROTECTION_FAULT 13

/* ff /2 and ff /4 with an operand in memory, behind what may stand in front. What was executed can be read. */
static int is_call_by_memory(const greg_t *registers)
{
    const uint8_t *code = (const uint8_t *)registers[REG_RIP];
    while (*code == 0x3e || *code == 0xf2 || (*code & 0xf0) == 0x40)
        code++;
    unsigned operation = code[1] >> 3 & 7;
    return *code == 0xff && (operation == 2 || operation == 4) && code[1] >> 6 != 3;
}

/* What the processor does not say, the instruction does: an address that is not canonical, or one that is not aligned
 * as the instruction wants it. What was executed can be read. */
static void read_instruction(struct trap *trap, const greg_t *registers)
{
    struct operand operand;
    if (registers[REG_TRAPNO] != PROTECTION_FAULT || !address_is_canonical(trap->instruction))
        return;
    trap->is_call = is_call_by_memory(registers) != 0;
    if (!operand_find(registers, &operand))
        return;
    if (!address_is_canonical(operand.address)) {
        trap->address = operand.address;
        trap->access = operand.access;
    } else if (operand.address % operand.alignment != 0) {
        trap->address = operand.address;
        trap->access = operand.access;
        trap->alignment = operand.alignment;
        trap->is_odd = 0;
    }
}
#endif

static struct trap read_trap(const siginfo_t *info, const ucontext_t *context)
{
    struct trap trap = {.address = (uintptr_t)info->si_addr};
#if defined(__x86_64__)
    const greg_t *registers = context->uc_mcontext.gregs;
    greg_t code = registers[REG_ERR];
    trap.instruction = (uintptr_t)registers[REG_RIP];
    trap.stack_pointer = (uintptr_t)registers[REG_RSP];
    if (registers[REG_TRAPNO] == PAGE_FAULT)
        trap.access = code & FAULT_FETCHED ? 'x' : code & FAULT_WROTE ? 'w' : 'r';
    else
        trap.is_odd = 1;
    if (info->si_code > 0)
        read_instruction(&trap, registers);
    for (int i = REG_R8; i <= REG_RCX; i++)
        trap.registers[trap.register_count++] = (uint64_t)registers[i];
#elif defined(__aarch64__)
    trap.instruction = (uintptr_t)context->uc_mcontext.pc;
    trap.stack_pointer = (uintptr_t)context->uc_mcontext.sp;
    for (; trap.register_count < TRAP_REGISTERS_MAX; trap.register_count++)
        trap.registers[trap.register_count] = context->uc_mcontext.regs[trap.register_count];
#else
    (void)context;
#endif
    return trap;
}

/* What the watcher is told just now, and so where its caller's frame stands; NULL for nothing. The watcher reads books
 * that the program may have written over: a trap of its own, on the stack right below, must not call it again. */
static FT_THREAD_LOCAL const struct trap *watched;

static void on_signal(int number, siginfo_t *info, void *context)
{
    int saved_errno = errno;
    struct trap trap = read_trap(info, context);
    if (info->si_code > 0 && (uintptr_t)watched - trap.stack_pointer > STACK_BYTES) {
        watched = &trap;
        watcher(&trap);
        watched = NULL;
    } else if (info->si_code > 0) {
        watcher_of_second(watched, &trap);
    }
    /* Back at the instruction, the signal comes again by itself; one that was sent does not. */
    sigaction(number, number == SIGBUS ? &before_bus : &before_segv, NULL);
    if (info->si_code <= 0)
        syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), number);
    errno = saved_errno;
}

void trap_watch(void (*on_trap)(const struct trap *trap),
                void (*on_second)(const struct trap *first, const struct trap *second))
{
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    sigemptyset(&action.sa_mask);
    watcher = on_trap;
    watcher_of_second = on_second;
    sigaction(SIGSEGV, &action, &before_segv);
    sigaction(SIGBUS, &action, &before_bus);
}

/* At the end of the thread; one that the program has put in its place is left alone. */
static void take_stack(void *stack)
{
    stack_t present;
    if (sigaltstack(NULL, &present) == 0 && present.ss_sp == stack)
        sigaltstack(&(stack_t){.ss_flags = SS_DISABLE}, NULL);
    pages_unmap(stack, STACK_BYTES);
}

static void give_stack(void)
{
    stack_t present;
    if (sigaltstack(NULL, &present) != 0 || !(present.ss_flags & SS_DISABLE))
        return;
    void *stack = pages_map(STACK_BYTES);
    if (stack == NULL)
        return;
    if (sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = STACK_BYTES}, NULL) == 0)
        pthread_setspecific(stack_key, stack);
    else
        pages_unmap(stack, STACK_BYTES);
}

void trap_give_stacks(void)
{
    if (pthread_key_create(&stack_key, take_stack) != 0)
        return;
    thread_set_begin_handler(give_stack);
    give_stack();
}
