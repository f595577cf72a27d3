#include "platform/frame_program.h"

#include <string.h>

#include "platform/dwarf.h"

#define STACK_MAX 8
#define BYTES_MAX 65536 /* a program longer than that is none */

/* The upper two bits of an instruction; for 0 the whole byte counts. */
enum instruction {
    DW_CFA_advance_loc = 0x40,
    DW_CFA_offset = 0x80,
    DW_CFA_restore = 0xc0,
    DW_CFA_nop = 0x00,
    DW_CFA_set_loc = 0x01,
    DW_CFA_advance_loc1 = 0x02,
    DW_CFA_advance_loc2 = 0x03,
    DW_CFA_advance_loc4 = 0x04,
    DW_CFA_offset_extended = 0x05,
    DW_CFA_restore_extended = 0x06,
    DW_CFA_undefined = 0x07,
    DW_CFA_same_value = 0x08,
    DW_CFA_register = 0x09,
    DW_CFA_remember_state = 0x0a,
    DW_CFA_restore_state = 0x0b,
    DW_CFA_def_cfa = 0x0c,
    DW_CFA_def_cfa_register = 0x0d,
    DW_CFA_def_cfa_offset = 0x0e,
    DW_CFA_def_cfa_expression = 0x0f,
    DW_CFA_expression = 0x10,
    DW_CFA_offset_extended_sf = 0x11,
    DW_CFA_def_cfa_sf = 0x12,
    DW_CFA_def_cfa_offset_sf = 0x13,
    DW_CFA_val_expression = 0x16,
    DW_CFA_GNU_args_size = 0x2e,
};

enum saved { SAVED_NOT, SAVED_AT_OFFSET, SAVED_UNDEFINED, SAVED_ELSEWHERE };

struct row {
    uint64_t cfa_register; /* UINT64_MAX: an expression */
    int64_t cfa_offset;
    enum saved fp;
    int64_t fp_offset; /* from the CFA */
    enum saved back;   /* the return address */
    int64_t back_offset;
};

struct machine {
    const struct frame_program *program;
    struct row row;
    struct row initial; /* after the common instructions: what `restore` goes back to */
    struct row stack[STACK_MAX];
    unsigned depth;
    uint64_t location; /* offset in the function that the next instruction is for */
};

static uint64_t read_fixed(const uint8_t **at, unsigned size_bytes)
{
    uint64_t value = 0;
    memcpy(&value, *at, size_bytes);
    *at += size_bytes;
    return value;
}

static void save(struct machine *machine, uint64_t reg, enum saved saved, int64_t offset)
{
    if (reg == DWARF_REGISTER_FP) {
        machine->row.fp = saved;
        machine->row.fp_offset = offset;
    } else if (reg == DWARF_REGISTER_RETURN) {
        machine->row.back = saved;
        machine->row.back_offset = offset;
    }
}

static void restore(struct machine *machine, uint64_t reg)
{
    const struct row *initial = &machine->initial;
    if (reg == DWARF_REGISTER_FP)
        save(machine, reg, initial->fp, initial->fp_offset);
    else if (reg == DWARF_REGISTER_RETURN)
        save(machine, reg, initial->back, initial->back_offset);
}

static void skip_expression(const uint8_t **at)
{
    uint64_t length = dwarf_read_unsigned(at);
    *at += length;
}

/* Instructions about one register. Returns 0 when it is none of them. */
static int step_register(struct machine *machine, unsigned instruction, const uint8_t **at)
{
    int64_t scale = machine->program->data_align;
    switch (instruction) {
    case DW_CFA_offset_extended: {
        uint64_t reg = dwarf_read_unsigned(at);
        save(machine, reg, SAVED_AT_OFFSET, (int64_t)dwarf_read_unsigned(at) * scale);
        return 1;
    }
    case DW_CFA_offset_extended_sf: {
        uint64_t reg = dwarf_read_unsigned(at);
        save(machine, reg, SAVED_AT_OFFSET, dwarf_read_signed(at) * scale);
        return 1;
    }
    case DW_CFA_restore_extended:
        restore(machine, dwarf_read_unsigned(at));
        return 1;
    case DW_CFA_undefined:
        save(machine, dwarf_read_unsigned(at), SAVED_UNDEFINED, 0);
        return 1;
    case DW_CFA_same_value:
        save(machine, dwarf_read_unsigned(at), SAVED_NOT, 0);
        return 1;
    case DW_CFA_register:
        save(machine, dwarf_read_unsigned(at), SAVED_ELSEWHERE, 0);
        dwarf_read_unsigned(at);
        return 1;
    case DW_CFA_expression:
    case DW_CFA_val_expression:
        save(machine, dwarf_read_unsigned(at), SAVED_ELSEWHERE, 0);
        skip_expression(at);
        return 1;
    default:
        return 0;
    }
}

/* Instructions about the CFA and the state. Returns 0 for what is not known. */
static int step_state(struct machine *machine, unsigned instruction, const uint8_t **at)
{
    struct row *row = &machine->row;
    switch (instruction) {
    case DW_CFA_nop:
        return 1;
    case DW_CFA_remember_state:
        if (machine->depth == STACK_MAX)
            return 0;
        machine->stack[machine->depth++] = *row;
        return 1;
    case DW_CFA_restore_state:
        if (machine->depth == 0)
            return 0;
        *row = machine->stack[--machine->depth];
        return 1;
    case DW_CFA_def_cfa:
        row->cfa_register = dwarf_read_unsigned(at);
        row->cfa_offset = (int64_t)dwarf_read_unsigned(at);
        return 1;
    case DW_CFA_def_cfa_sf:
        row->cfa_register = dwarf_read_unsigned(at);
        row->cfa_offset = dwarf_read_signed(at) * machine->program->data_align;
        return 1;
    case DW_CFA_def_cfa_register:
        row->cfa_register = dwarf_read_unsigned(at);
        return 1;
    case DW_CFA_def_cfa_offset:
        row->cfa_offset = (int64_t)dwarf_read_unsigned(at);
        return 1;
    case DW_CFA_def_cfa_offset_sf:
        row->cfa_offset = dwarf_read_signed(at) * machine->program->data_align;
        return 1;
    case DW_CFA_def_cfa_expression:
        row->cfa_register = UINT64_MAX;
        skip_expression(at);
        return 1;
    case DW_CFA_GNU_args_size:
        dwarf_read_unsigned(at);
        return 1;
    default:
        return 0;
    }
}

/* Bytes of code that the instruction moves on by; 0: it is none of the kind, and nothing was read. */
static uint64_t read_advance(unsigned instruction, const uint8_t **at)
{
    if ((instruction & 0xc0) == DW_CFA_advance_loc)
        return instruction & 0x3f;
    if (instruction == DW_CFA_advance_loc1)
        return read_fixed(at, 1);
    if (instruction == DW_CFA_advance_loc2)
        return read_fixed(at, 2);
    if (instruction == DW_CFA_advance_loc4)
        return read_fixed(at, 4);
    return 0;
}

/* Returns 0 when the program is not understood. Stops where the instructions are for code behind the address. */
static int run(struct machine *machine, const uint8_t *at, const uint8_t *end)
{
    if (at > end || end - at > BYTES_MAX)
        return 0;
    while (at < end) {
        unsigned instruction = *at++;
        uint64_t advance = read_advance(instruction, &at);
        if (advance != 0) {
            machine->location += advance * machine->program->code_align;
            if (machine->location > machine->program->offset)
                return 1;
        } else if ((instruction & 0xc0) == DW_CFA_offset) {
            save(machine, instruction & 0x3f, SAVED_AT_OFFSET,
                 (int64_t)dwarf_read_unsigned(&at) * machine->program->data_align);
        } else if ((instruction & 0xc0) == DW_CFA_restore) {
            restore(machine, instruction & 0x3f);
        } else if (!step_register(machine, instruction, &at) && !step_state(machine, instruction, &at)) {
            return 0;
        }
    }
    return 1;
}

static struct unwind_rule rule_of_row(const struct row *row)
{
    struct unwind_rule rule = {.base = UNWIND_UNKNOWN};
    if (row->back == SAVED_UNDEFINED) {
        rule.base = UNWIND_END;
        return rule;
    }
    if (row->back != SAVED_AT_OFFSET || row->back_offset != -8 || row->fp == SAVED_ELSEWHERE
        || row->cfa_offset != (int32_t)row->cfa_offset || row->fp_offset != (int16_t)row->fp_offset)
        return rule;
    if (row->cfa_register == DWARF_REGISTER_SP)
        rule.base = UNWIND_FROM_SP;
    else if (row->cfa_register == DWARF_REGISTER_FP)
        rule.base = UNWIND_FROM_FP;
    rule.cfa_offset = (int32_t)row->cfa_offset;
    rule.fp_saved = row->fp == SAVED_AT_OFFSET;
    rule.fp_offset = (int16_t)row->fp_offset;
    return rule;
}

struct unwind_rule frame_program_run(const struct frame_program *program)
{
    struct machine machine = {.program = program, .location = 0};
    struct unwind_rule unknown = {.base = UNWIND_UNKNOWN};
    if (!run(&machine, program->common_start, program->common_end))
        return unknown;
    machine.initial = machine.row;
    machine.location = 0;
    if (!run(&machine, program->start, program->end))
        return unknown;
    return rule_of_row(&machine.row);
}
