/* DWARF as .eh_frame has it: numbers, pointer encodings, registers of x86-64. */
#ifndef FT_PLATFORM_DWARF_H
#define FT_PLATFORM_DWARF_H

#include <stdint.h>
#include <string.h>

#include "base/attributes.h"

/* How a pointer is written: its form, and what it is relative to. */
#define DWARF_ABSOLUTE 0x00
#define DWARF_UDATA4 0x03
#define DWARF_SDATA4 0x0b
#define DWARF_PC_RELATIVE 0x10
#define DWARF_DATA_RELATIVE 0x30

#define DWARF_REGISTER_FP 6
#define DWARF_REGISTER_SP 7
#define DWARF_REGISTER_RETURN 16

FT_INLINE uint64_t dwarf_word32(const uint8_t *at)
{
    uint32_t word;
    memcpy(&word, at, sizeof(word));
    return word;
}

FT_INLINE int64_t dwarf_signed32(const uint8_t *at)
{
    return (int32_t)dwarf_word32(at);
}

/* Numbers of any length (LEB128), at most 64 bits; *at moves behind them. */
uint64_t dwarf_read_unsigned(const uint8_t **at);
int64_t dwarf_read_signed(const uint8_t **at);

#endif
