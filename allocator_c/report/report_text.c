#include "report/report_text.h"

#include "platform/mapping.h"
#include "platform/process.h"
#include "platform/symbol.h"
#include "report/demangle.h"

#define RULE "=================================================================\n"

static const char *file_name(const char *path)
{
    const char *name = path;
    for (const char *c = path; *c != '\0'; c++)
        if (*c == '/' && c[1] != '\0')
            name = c + 1;
    return name;
}

/* What the call's last byte is behind: a return address tells of the call that stands in front of it. */
#define BEHIND_CALL 1

/* "function+0x1b (module+0x11ab)", as far as it is known. `behind` is BEHIND_CALL, or 0 for an instruction. */
static void add_names(struct text *text, uint64_t address, unsigned behind)
{
    struct mapping mapping;
    struct symbol symbol;
    if (!mapping_find((uintptr_t)address - behind, &mapping) || mapping.path[0] == '\0') {
        text_add(text, "?");
        return;
    }
    int known = symbol_find(&mapping, (uintptr_t)address - behind, &symbol);
    if (known && symbol.function[0] != '\0') {
        demangle_add(text, symbol.function);
        text_add(text, "+");
        text_add_hex(text, symbol.function_offset + behind);
        text_add(text, " ");
    }
    text_add(text, "(");
    text_add(text, file_name(mapping.path));
    text_add(text, "+");
    text_add_hex(text, known ? symbol.module_offset + behind : address - mapping.start + mapping.file_offset);
    text_add(text, ")");
}

static void add_frame(struct text *text, uint64_t address, unsigned behind)
{
    text_add_hex(text, address);
    text_add(text, " in ");
    add_names(text, address, behind);
    text_add(text, "\n");
}

void report_text_frame_number(struct text *text, unsigned number)
{
    text_add(text, "    #");
    text_add_unsigned(text, number);
    text_add(text, " ");
}

void report_text_frame(struct text *text, uint64_t address)
{
    add_frame(text, address, BEHIND_CALL);
}

void report_text_names(uint64_t address, char *function, size_t function_bytes, char *module, size_t module_bytes)
{
    struct mapping mapping;
    struct symbol symbol = {.function = ""};
    struct text function_text = text_in(function, function_bytes);
    struct text module_text = text_in(module, module_bytes);
    if (!mapping_find((uintptr_t)address - 1, &mapping))
        return;
    symbol_find(&mapping, (uintptr_t)address - 1, &symbol);
    text_add(&function_text, symbol.function);
    text_add(&module_text, mapping.path);
}

static void add_stack(struct text *text, const struct fault_stack *stack, unsigned first_behind)
{
    for (uint32_t i = 0; i < stack->frame_count && i < FAULT_FRAMES_MAX; i++) {
        report_text_frame_number(text, i);
        add_frame(text, stack->frames[i], i == 0 ? first_behind : BEHIND_CALL);
    }
}

/* " by thread 12 (name)" */
static void add_thread(struct text *text, uint32_t thread_id)
{
    char name[32];
    text_add(text, thread_id == 0 ? " by an unknown thread" : " by thread ");
    if (thread_id == 0)
        return;
    text_add_unsigned(text, thread_id);
    if (process_thread_name(thread_id, name, sizeof(name)) == 0)
        return;
    text_add(text, " (");
    text_add(text, name);
    text_add(text, ")");
}

/* Where the address lies relative to the block: "0x… is 5 bytes after a live 64-byte block [0x…,0x…)". */
static void add_place(struct text *text, const struct fault *fault)
{
    static const char *const states[] = {"", "live ", "freed ", "quarantined "};
    uint64_t start = fault->block_address;
    uint64_t end = start + fault->block_bytes;
    text_add_hex(text, fault->address);
    text_add(text, " is ");
    if (fault->address < start) {
        text_add_count(text, start - fault->address, "byte");
        text_add(text, " before a ");
    } else if (fault->address >= end && (fault->address != start || fault->argument == 0)) {
        text_add_count(text, fault->address - end, "byte");
        text_add(text, " after a ");
    } else {
        text_add_count(text, fault->address - start, "byte");
        text_add(text, " inside a ");
    }
    text_add(text, states[fault->block_state & 3]);
    text_add_unsigned(text, fault->block_bytes);
    text_add(text, "-byte block [");
    text_add_hex(text, start);
    text_add(text, ",");
    text_add_hex(text, end);
    text_add(text, ")\n");
}

static void add_history(struct text *text, const char *verb, const struct fault_stack *stack)
{
    if (stack->frame_count == 0)
        return;
    text_add(text, verb);
    add_thread(text, stack->thread_id);
    text_add(text, ":\n");
    add_stack(text, stack, BEHIND_CALL);
}

void report_text_fault(struct text *text, const struct fault *fault)
{
    static const char *const accesses[] = {"found at", "read of", "write of", "execute of", "free of", "realloc of"};
    const char *name = fault_name(fault->kind);
    unsigned first_behind = fault->is_trapped ? 0 : BEHIND_CALL;
    text_add(text, RULE "==");
    text_add_unsigned(text, process_id());
    text_add(text, "==ERROR: ftmalloc: ");
    text_add(text, name);
    text_add(text, " on ");
    text_add_hex(text, fault->address);
    text_add(text, ": ");
    text_add(text, fault->evidence);
    text_add(text, "\n");
    text_add(text, accesses[fault->access <= FAULT_ACCESS_REALLOC ? fault->access : 0]);
    text_add(text, " ");
    text_add_hex(text, fault->argument != 0 ? fault->argument : fault->address);
    text_add(text, fault->is_late ? ", found later" : "");
    add_thread(text, fault->stack.thread_id);
    text_add(text, ":\n");
    add_stack(text, &fault->stack, first_behind);
    if (fault->block_state != FAULT_BLOCK_NONE)
        add_place(text, fault);
    add_history(text, "freed", &fault->freed);
    add_history(text, "allocated", &fault->allocated);
    text_add(text, "SUMMARY: ftmalloc: ");
    text_add(text, name);
    if (fault->stack.frame_count != 0) {
        text_add(text, " in ");
        add_names(text, fault->stack.frames[0], first_behind);
    }
    text_add(text, "\n" RULE);
}
