#include "debug/crash.h"

#include "base/attributes.h"
#include "base/fills.h"
#include "base/text.h"
#include "debug/guard.h"
#include "debug/misuse.h"
#include "debug/options.h"
#include "debug/raise.h"
#include "debug/redzone.h"
#include "heap/class_map.h"
#include "platform/mapping.h"
#include "platform/output.h"
#include "platform/trap.h"

#define NULL_PAGE_BYTES ((uintptr_t)64 << 10)
#define STACK_REACH_BYTES ((uintptr_t)1 << 20)
#define FIELD_BYTES_MAX 4096 /* of a structure that a pointer leads to */
/* A step behind a block that has pages of its own leads this far at most. */
#define BEYOND_LARGE_BYTES ((uintptr_t)64 << 10)
#define STEP_BYTES ((uintptr_t)4096)

/* The stack pointer may stand in the page that is missing, or a frame's length above it. */
static int judge_stack(struct fault *fault, const struct trap *trap, struct text *evidence)
{
    struct mapping mapping;
    uintptr_t address = trap->address;
    uintptr_t below = trap->stack_pointer > address ? trap->stack_pointer - address : address - trap->stack_pointer;
    if (trap->is_odd || trap->stack_pointer == 0 || below > STACK_REACH_BYTES
        || (mapping_find(address, &mapping) && mapping.access[0] == 'r'))
        return 0;
    fault->kind = FAULT_STACK_OVERFLOW;
    text_add(evidence, "the stack of this thread is used up");
    return 1;
}

static int is_made_of(uint64_t word, unsigned char fill)
{
    uint64_t pattern = word_of(fill);
    return word - pattern < FIELD_BYTES_MAX || pattern - word < FIELD_BYTES_MAX;
}

/* A pointer made of the bytes that we fill blocks with is not canonical: the processor does not tell it. Where the
 * instruction does not, a register may. */
static int judge_fills(struct fault *fault, const struct trap *trap, struct text *evidence)
{
    static const struct {
        unsigned char byte;
        enum fault_kind kind;
        const char *meaning;
    } fills[] = {
        {FREED_FILL, FAULT_HEAP_USE_AFTER_FREE, FT_STRING(FREED_FILL) ", the fill of freed memory"},
        {ALLOCATED_FILL, FAULT_UNINITIALIZED_READ,
         FT_STRING(ALLOCATED_FILL) ", the fill of memory that was not written to yet"},
        {REDZONE_FILL, FAULT_HEAP_BUFFER_OVERFLOW,
         FT_STRING(REDZONE_FILL) ", the fill of red zones: it was read behind a block's end"},
    };
    const uint64_t *words = trap->address != 0 ? (const uint64_t *)&trap->address : trap->registers;
    unsigned count = trap->address != 0 ? 1 : trap->register_count;
    for (unsigned i = 0; trap->is_odd && i < count; i++) {
        for (unsigned f = 0; f < sizeof(fills) / sizeof(*fills); f++) {
            if (!is_made_of(words[i], fills[f].byte))
                continue;
            fault->address = words[i];
            fault->kind = fills[f].kind;
            text_add(evidence, "the pointer is made of ");
            text_add(evidence, fills[f].meaning);
            return 1;
        }
    }
    return 0;
}

/* A call through a pointer in freed memory: no register holds the target, but one leads to the block. Not where a
 * register could be the wrong address itself. */
static int judge_call(struct fault *fault, const struct trap *trap, struct text *evidence)
{
    for (unsigned i = 0; i < trap->register_count; i++)
        if (!trap->is_call || !address_is_canonical(trap->registers[i]))
            return 0;
    for (unsigned i = 0; i < trap->register_count; i++) {
        struct place place = heap_locate((const void *)(uintptr_t)trap->registers[i]);
        if (place.kind != PLACE_BLOCK && place.kind != PLACE_INSIDE)
            continue;
        enum block_state state = block_state(place.block);
        if ((state != BLOCK_FREED && state != BLOCK_QUARANTINED) || place.offset < 0
            || (size_t)place.offset >= block_size(place.block) || freed_check(&place).count != 0)
            continue;
        fault->address = trap->registers[i];
        fault->kind = FAULT_HEAP_USE_AFTER_FREE;
        misuse_tell_block(&place, fault);
        text_add(evidence,
                 "a call through a freed block, which holds " FT_STRING(FREED_FILL) ", the fill of freed memory");
        return 1;
    }
    return 0;
}

/* The memory is in order, and the instruction wants another address. */
static int judge_alignment(struct fault *fault, const struct trap *trap, struct text *evidence)
{
    struct mapping mapping;
    if (trap->alignment == 0 || !mapping_find(trap->address, &mapping)
        || mapping.access[trap->access == 'w' ? 1 : 0] == '-')
        return 0;
    struct place place = heap_locate((const void *)trap->address);
    fault->kind = FAULT_NON_HEAP;
    if (place.kind == PLACE_BLOCK || place.kind == PLACE_INSIDE)
        misuse_tell_block(&place, fault);
    if (fault->block_state == FAULT_BLOCK_FREED || fault->block_state == FAULT_BLOCK_QUARANTINED)
        fault->kind = FAULT_HEAP_USE_AFTER_FREE;
    text_add(evidence, "the instruction wants an address that is a multiple of ");
    text_add_unsigned(evidence, trap->alignment);
    return 1;
}

/* Behind a LARGE block, whose pages end there; or where one was. */
static int judge_large(struct fault *fault, struct text *evidence)
{
    uintptr_t address = fault->address;
    for (uintptr_t step = 1; step <= BEYOND_LARGE_BYTES && step < address; step += STEP_BYTES) {
        struct place place = heap_locate((const void *)(address - step));
        if (place.size_class != BLOCK_CLASS_LARGE || (place.kind != PLACE_INSIDE && place.kind != PLACE_BLOCK))
            continue;
        fault->kind = FAULT_HEAP_BUFFER_OVERFLOW;
        misuse_tell_block(&place, fault);
        text_add(evidence, "the pages of the block end in front of the address");
        return 1;
    }
    if (!misuse_tell_retired(address, fault))
        return 0;
    fault->kind = FAULT_HEAP_USE_AFTER_FREE;
    text_add(evidence, "the block was freed, and its pages are given back");
    return 1;
}

static void judge_elsewhere(struct fault *fault, const struct trap *trap, struct text *evidence)
{
    struct mapping mapping;
    int is_mapped = !trap->is_odd && mapping_find(fault->address, &mapping);
    int is_own = !trap->is_odd && class_map_holds(fault->address);
    fault->kind = is_mapped && !is_own && trap->access != 'x' ? FAULT_NON_HEAP : FAULT_WILD_POINTER;
    if (trap->is_odd) {
        text_add(evidence, "the pointer leads to no address that the processor knows");
    } else if (!is_mapped) {
        text_add(evidence, "the address is not mapped");
    } else if (is_own) {
        text_add(evidence, "the address is in the heap's own books: no pointer of the program leads there");
    } else {
        text_add(evidence, "the memory allows no such access: ");
        text_add(evidence, mapping.access);
        text_add(evidence, mapping.path[0] != '\0' ? " " : "");
        text_add(evidence, mapping.path);
    }
}

static void judge(struct fault *fault, const struct trap *trap)
{
    struct text evidence = text_in(fault->evidence, sizeof(fault->evidence));
    if (!trap->is_odd && trap->address < NULL_PAGE_BYTES) {
        fault->kind = FAULT_NULL_DEREFERENCE;
        text_add(&evidence, "the address is in the null page");
    } else if (!judge_alignment(fault, trap, &evidence) && !judge_stack(fault, trap, &evidence)
               && !judge_fills(fault, trap, &evidence)
               && !judge_call(fault, trap, &evidence) && (trap->is_odd || !judge_large(fault, &evidence))) {
        judge_elsewhere(fault, trap, &evidence);
    }
}

static void on_trap(const struct trap *trap)
{
    struct fault fault = {.address = trap->address};
    fault.access = trap->access == 'w'   ? FAULT_ACCESS_WRITE
                   : trap->access == 'r' ? FAULT_ACCESS_READ
                   : trap->access == 'x' ? FAULT_ACCESS_EXECUTE
                                         : FAULT_ACCESS_NONE;
    if (trap->is_odd || !guard_judge(&fault)) {
        if (!option_value(OPTION_DEBUG))
            return;
        judge(&fault, trap);
    }
    raise_trapped_fault(&fault, trap->instruction);
}

/* The report met a fault, in books that were written over or in a library whose file was: one line is what remains. */
static void on_second_trap(const struct trap *first, const struct trap *second)
{
    char storage[256];
    struct text line = text_in(storage, sizeof(storage));
    text_add(&line, "ftmalloc: the crash on ");
    text_add_hex(&line, first->address);
    text_add(&line, " at ");
    text_add_hex(&line, first->instruction);
    text_add(&line, " can't be told in full: its report met a fault on ");
    text_add_hex(&line, second->address);
    text_add(&line, "\n");
    output_write(line.start, line.length);
}

void crash_start(void)
{
    if (option_value(OPTION_DEBUG))
        trap_give_stacks();
    if (option_value(OPTION_DEBUG) || option_value(OPTION_GUARD))
        trap_watch(on_trap, on_second_trap);
}
