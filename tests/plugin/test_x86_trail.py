"""Following an address back through the code that made it."""

from __future__ import annotations

import pytest
from fake_target import CODE, STACK, FakeHeap
from ftheap.analysis import x86, x86_trail
from ftheap.target import Code, Instruction

BLOCK_WORDS = [7, 0x1234, 0xAAAAAAAAAAAAAAAA, 0]


def followed(heap: FakeHeap, texts: list[str], registers: dict[str, int], address: int) -> list[tuple[int, int]]:
    """(where, what) of the numbers that the last instruction's address was made of, by every way that is true."""
    code = Code(registers, tuple(Instruction(CODE + 4 * at, text) for at, text in enumerate(texts)))
    heap.snapshot()
    operand = next(operand for text in x86.split(texts[-1])[1] if (operand := x86.memory_operand(text)))
    found = []
    for replay in x86_trail.replays(heap.target.memory, code):
        value = replay.address(operand, texts[-1])
        if value is not None and value.unknown is None and value.number == address:
            found += [(part.address, part.number) for part in value.parts]
    return found


@pytest.mark.parametrize(
    "texts, offset",
    [
        (["mov -0x8(%rbp),%rax", "mov 0x10(%rax),%rax", "mov (%rax),%rax"], 16),
        (["mov -0x8(%rbp),%rax", "add $0x10,%rax", "mov (%rax),%rax", "mov (%rax),%rax"], 16),
        (["mov -0x8(%rbp),%rdx", "mov $0x2,%eax", "shl $0x3,%rax", "add %rdx,%rax", "mov (%rax),%rax", "incl (%rax)"],
         16),
        (["mov -0x8(%rbp),%rax", "lea 0x8(%rax),%rcx", "mov 0x8(%rcx),%rax", "test %rax,%rax", "movups (%rax),%xmm0"],
         16),
        (["mov -0x8(%rbp),%rax", "mov 0x10(%rax),%rax", "mov %rax,-0x10(%rbp)", "mov -0x10(%rbp),%rax", "incl (%rax)"],
         16),
        (["push %rbx", "mov -0x8(%rbp),%rbx", "mov 0x10(%rbx),%rax", "xor %ecx,%ecx", "mov (%rax,%rcx,1),%dl"], 16),
    ],
)  # fmt: skip
def test_the_word_that_a_pointer_was_read_from(texts, offset):
    heap = FakeHeap()
    block = heap.block(32, words=BLOCK_WORDS)
    heap.set_word(STACK + 0x1100, -8, block)
    heap.set_word(STACK + 0x1100, -16, BLOCK_WORDS[offset // 8])
    registers = {"rax": BLOCK_WORDS[offset // 8], "rbp": STACK + 0x1100, "rsp": STACK + 0x1000}
    parts = followed(heap, texts, registers, BLOCK_WORDS[offset // 8])
    assert (block + offset, BLOCK_WORDS[offset // 8]) in parts


def test_pointer_and_index_are_both_known():
    heap = FakeHeap()
    block = heap.block(32)
    heap.set_word(STACK + 0x1100, -8, block)
    heap.set_word(STACK + 0x1100, -16, 5000)
    texts = ["mov -0x10(%rbp),%rax", "lea 0x0(,%rax,8),%rdx", "mov -0x8(%rbp),%rax", "add %rdx,%rax", "incl (%rax)"]
    registers = {"rax": block + 40000, "rdx": 40000, "rbp": STACK + 0x1100}
    parts = followed(heap, texts, registers, block + 40000)
    assert set(parts) == {(STACK + 0x10F8, block), (STACK + 0x10F0, 5000)}


@pytest.mark.parametrize(
    "texts, registers",
    [
        (["mov -0x8(%rbp),%rax", "mov 0x8(%rax),%rax", "mov (%rax),%rax"], {"rax": 0x9999}),  # memory says otherwise
        (["mov -0x8(%rbp),%rax", "call 0x401000", "mov (%rax),%rax"], {"rax": 0x1234}),  # rax is what the call returned
        (["mov 0x8(%rdi),%rax", "mov $0x0,%edi", "mov (%rax),%rax"], {"rax": 0x1234, "rdi": 0}),  # rdi is lost
        (["mov 0x8(%rax),%rax", "jmp 0x401000", "mov (%rax),%rax"], {"rax": 0x1234}),  # reached from elsewhere
    ],
)
def test_what_cannot_be_proved_is_not_said(texts, registers):
    heap = FakeHeap()
    block = heap.block(32, words=BLOCK_WORDS)
    heap.set_word(STACK + 0x1100, -8, block)
    assert followed(heap, texts, {"rbp": STACK + 0x1100, **registers}, registers["rax"]) == []


def test_an_unknown_is_proved_by_the_register_that_keeps_it():
    """What malloc returned went to rbx, too: so the argument of the next call is known."""
    heap = FakeHeap()
    block = heap.block(32)
    heap.snapshot()
    texts = ["call 0x401000", "mov %rax,%rbx", "mov %rax,%rdi", "call 0x401010"]
    code = Code({"rbx": block}, tuple(Instruction(CODE + 4 * at, text) for at, text in enumerate(texts)))
    replays = x86_trail.replays(heap.target.memory, code)
    assert any((value := replay.register("rdi")).unknown is None and value.number == block for replay in replays)


@pytest.mark.parametrize("text, expected", [
    ("cmpxchg %rcx,(%rdx)", {"rax", "rdx"}), ("xchg %rbx,%rcx", {"rbx", "rcx"}), ("mov %rax,%rbx", {"rbx"}),
    ("cmp %rax,%rbx", set()), ("push %rbx", {"rsp"}), ("leave", {"rsp", "rbp"}), ("mov %rax,(%rbx)", set()),
    ("rep movsq %ds:(%rsi),%es:(%rdi)", {"rsi", "rdi", "rcx", "rax"}), ("add $0x1,%ecx", {"rcx"}),
])
def test_registers_that_an_instruction_changes(text, expected):
    assert x86.changes(text) == expected
