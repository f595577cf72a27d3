#define _GNU_SOURCE
#include "platform/operand.h"

#if defined(__x86_64__)

#include <stddef.h>
#include <string.h>

#include "base/arithmetic.h"

/* Opcode maps, by the number that VEX and EVEX give them. */
#define MAP_ONE_BYTE 0
#define MAP_0F 1
#define MAP_0F38 2
#define MAP_0F3A 3
#define VECTOR_BYTES 16u /* of the narrowest */

/* What stands in front of the opcode, and the opcode. */
struct instruction {
    const uint8_t *next;
    unsigned index_high;    /* 8: the index is one of r8 to r15 */
    unsigned base_high;     /* likewise */
    unsigned map;
    unsigned opcode;
    unsigned vector_bytes;
    unsigned distance_unit; /* of a distance of one byte: EVEX counts vectors */
    int is_understood;      /* 0: addresses of 32 bits, or relative to a segment */
};

/* Bits of the second byte of C4, 62: inverted ones for index and base. */
static void read_inverted_highs(struct instruction *instruction, uint8_t byte)
{
    instruction->index_high = byte & 0x40 ? 0 : 8;
    instruction->base_high = byte & 0x20 ? 0 : 8;
}

static void read_vex(struct instruction *instruction)
{
    const uint8_t *code = instruction->next;
    uint8_t last;
    if (code[0] == 0xc5) {
        instruction->map = MAP_0F;
        last = code[1];
        instruction->next = code + 2;
    } else {
        read_inverted_highs(instruction, code[1]);
        instruction->map = code[1] & 7;
        last = code[2];
        instruction->next = code + 3;
    }
    if (code[0] == 0x62) {
        instruction->vector_bytes = VECTOR_BYTES << (code[3] >> 5 & 3);
        instruction->distance_unit = instruction->vector_bytes;
        instruction->next = code + 4;
    } else {
        instruction->vector_bytes = last & 4 ? 2 * VECTOR_BYTES : VECTOR_BYTES;
    }
}

/* 0F, 0F 38, 0F 3A. */
static void read_escape(struct instruction *instruction)
{
    const uint8_t *code = instruction->next;
    instruction->map = code[1] == 0x38 ? MAP_0F38 : code[1] == 0x3a ? MAP_0F3A : MAP_0F;
    instruction->next = code + (instruction->map == MAP_0F ? 1 : 2);
}

static struct instruction read_opcode(const uint8_t *code)
{
    struct instruction instruction = {.vector_bytes = VECTOR_BYTES, .distance_unit = 1, .is_understood = 1};
    static const uint8_t prefixes[] = {0x26, 0x2e, 0x36, 0x3e, 0x66, 0xf0, 0xf2, 0xf3};
    while (memchr(prefixes, *code, sizeof(prefixes)) != NULL)
        code++;
    instruction.is_understood = *code != 0x64 && *code != 0x65 && *code != 0x67;
    if ((*code & 0xf0) == 0x40) {
        instruction.index_high = *code & 2 ? 8 : 0;
        instruction.base_high = *code & 1 ? 8 : 0;
        code++;
    }
    instruction.next = code;
    if (*code == 0xc4 || *code == 0xc5 || *code == 0x62)
        read_vex(&instruction);
    else if (*code == 0x0f)
        read_escape(&instruction);
    instruction.opcode = *instruction.next++;
    return instruction;
}

/* 1: a ModRM byte stands behind the opcode, and memory that it names is accessed. */
static int has_operand(const struct instruction *instruction)
{
    unsigned opcode = instruction->opcode;
    if (instruction->map == MAP_0F)
        return (opcode & 0xf0) != 0x80 && opcode != 0x05 && opcode != 0x0b && opcode != 0x1f && opcode != 0x77;
    if (instruction->map != MAP_ONE_BYTE)
        return 1;
    return (opcode < 0x40 && (opcode & 7) < 4) || opcode == 0x63 || opcode == 0x69 || opcode == 0x6b
           || (opcode >= 0x80 && opcode < 0x90 && opcode != 0x8d) || (opcode & 0xfe) == 0xc0
           || (opcode & 0xfe) == 0xc6 || (opcode & 0xfc) == 0xd0 || (opcode & 0xf8) == 0xd8 || (opcode & 0xf6) == 0xf6;
}

/* Of the moves; of what both reads and writes, or does either, it is left open. */
static char access_of(const struct instruction *instruction)
{
    static const uint8_t loads[] = {0x28, 0x6f}, stores[] = {0x29, 0x2b, 0x7f, 0xe7};
    unsigned opcode = instruction->opcode;
    if (instruction->map == MAP_0F)
        return memchr(stores, (int)opcode, sizeof(stores)) != NULL                        ? 'w'
               : memchr(loads, (int)opcode, sizeof(loads)) != NULL || (opcode & 0xf6) == 0xb6 ? 'r'
                                                                                              : 0;
    if (instruction->map != MAP_ONE_BYTE)
        return 0;
    return (opcode & 0xfe) == 0x88 || (opcode & 0xfe) == 0xc6   ? 'w'
           : (opcode & 0xfe) == 0x8a || opcode == 0x63 ? 'r'
                                                       : 0;
}

/* A byte behind the address: an immediate operand. */
static unsigned immediate_bytes(const struct instruction *instruction)
{
    unsigned opcode = instruction->opcode;
    return instruction->map == MAP_0F3A
           || (instruction->map == MAP_0F && ((opcode & 0xfc) == 0x70 || opcode == 0xc2 || opcode == 0xc6));
}

static int64_t read_distance(const struct instruction *instruction, const uint8_t *at, unsigned bytes)
{
    int32_t word = 0;
    if (bytes == 1)
        return (int64_t)(int8_t)*at * instruction->distance_unit;
    if (bytes == 4)
        memcpy(&word, at, sizeof(word));
    return word;
}

int operand_find(const greg_t *registers, struct operand *operand)
{
    /* By the numbers that instructions give them. */
    static const uint8_t places[] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                                     REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
    struct instruction instruction = read_opcode((const uint8_t *)registers[REG_RIP]);
    if (!instruction.is_understood || !has_operand(&instruction) || *instruction.next >> 6 == 3)
        return 0;
    unsigned mode = *instruction.next >> 6, base = *instruction.next & 7;
    const uint8_t *at = instruction.next + 1;
    uint64_t address = 0;
    unsigned distance_bytes = mode == 1 ? 1 : mode == 2 ? 4 : 0;
    int is_relative = mode == 0 && base == 5; /* to the next instruction */
    if (base == 4) {
        unsigned scaled = *at++;
        unsigned index = (scaled >> 3 & 7) | instruction.index_high;
        base = scaled & 7;
        if (index != 4) /* which would be the stack pointer */
            address += (uint64_t)registers[places[index]] << (scaled >> 6);
    }
    if (mode == 0 && base == 5)
        distance_bytes = 4;
    else
        address += (uint64_t)registers[places[base | instruction.base_high]];
    address += (uint64_t)read_distance(&instruction, at, distance_bytes);
    if (is_relative)
        address += (uintptr_t)(at + distance_bytes + immediate_bytes(&instruction));
    operand->address = address;
    operand->alignment = instruction.map == MAP_ONE_BYTE ? 1 : instruction.vector_bytes;
    operand->access = access_of(&instruction);
    return 1;
}

#endif
