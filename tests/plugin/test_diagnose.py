"""``diagnose`` on processes made by hand, and the decoding of instructions."""

from __future__ import annotations

import json

import pytest
from fake_target import CODE, DATA, HEAP, STACK, ZONE_BYTES, FakeHeap
from ftheap import command_line
from ftheap.analysis import exceptions, x86
from ftheap.commands import load_all
from ftheap.errors import TargetError
from ftheap.model.heap import Fault, State
from ftheap.registry import COMMANDS
from ftheap.render.style import PLAIN
from ftheap.target import Frame, Instruction, Mapping, Stop, SymbolAt

load_all()
REGISTERS = {"rax": 0x1000, "rbx": 0x20, "rsp": STACK + 0x1000, "rbp": STACK + 0x1100, "rsi": 0x5000, "rdi": 0x6000}


@pytest.mark.parametrize(
    "text, expected",
    [
        ("mov    0x8(%rax),%eax", [("read", 0x1008)]),
        ("movl   $0x1,-0x8(%rax,%rbx,4)", [("write", 0x1078)]),
        ("cmpb   $0x0,(%rax)", [("read", 0x1000)]),
        ("movups %xmm0,(%rax)", [("write", 0x1000)]),
        ("rep movsb %ds:(%rsi),%es:(%rdi)", [("read", 0x5000), ("write", 0x6000)]),
        ("rep stos %al,%es:(%rdi)", [("write", 0x6000)]),
        ("push   %rbx", [("write", STACK + 0xFF8)]),
        ("call   *%rax", [("execute", 0x1000), ("write", STACK + 0xFF8)]),
        ("ret", [("read", STACK + 0x1000)]),
        ("mov    0x2ee4(%rip),%rax        # 0x404010 <table>", [("read", 0x404010)]),
        ("lea    0x8(%rax),%rax", []),
        ("jne    0x401136 <main+4>", []),
    ],
)
def test_accesses_of_instructions(text, expected):
    assert [(one.kind, one.address) for one in x86.accesses(text, REGISTERS)] == expected


def answer(heap: FakeHeap, stop: Stop | None, own: tuple[tuple[int, int], ...] = ()) -> dict:
    session = heap.session()
    session.snapshot().own_ranges += own
    heap.target.stopped = stop
    command = COMMANDS["diagnose"]
    result = command.run(session, command_line.parse(command, ""))
    assert all(len(row) <= 79 and row.isascii() for row in result.lines(PLAIN))
    return json.loads(json.dumps(result.document()))


def fault_at(*texts: str, registers: dict[str, int], address: int | None = None) -> Stop:
    code = tuple(Instruction(CODE + 4 * index, text) for index, text in enumerate(texts))
    stack = {"rsp": STACK + 0x1000, "rbp": STACK + 0x1100}
    return Stop("SIGSEGV", 1, address, 1, code[-1].address, STACK + 0x1000, {**stack, **registers}, code)


@pytest.mark.parametrize("state, fault", [(State.FREED, "heap-use-after-free"), (State.LIVE, "uninitialized-read")])
def test_a_fill_is_followed_back_to_the_block_it_was_read_from(state, fault):
    heap = FakeHeap()
    fill = 0x5555555555555555 if state == State.FREED else 0xAAAAAAAAAAAAAAAA
    block = heap.block(16, words=[0, fill], state=state)
    heap.set_word(STACK + 0x1100, -8, block)
    texts = ("mov    -0x8(%rbp),%rax", "mov    0x8(%rax),%rax", "mov    (%rax),%rax")
    found = answer(heap, fault_at(*texts, registers={"rax": fill}, address=0))
    assert (found["fault"], found["access"], found["offset_bytes"], found["certainty"]) == (fault, "read", 8, "certain")
    assert found["block"]["address"] == hex(block) and found["fault_address"] == hex(fill)


def test_null_stack_overflow_and_no_process():
    heap = FakeHeap()
    found = answer(heap, fault_at("movl $0x1,0x8(%rax)", registers={"rax": 0}, address=8))
    assert (found["fault"], found["access"], found["fault_address"]) == ("null-dereference", "write", "0x8")
    stop = fault_at("push %rbx", registers={"rsp": STACK}, address=STACK - 8)
    assert answer(heap, Stop(**{**vars(stop), "stack_pointer": STACK}))["fault"] == "stack-overflow"
    with pytest.raises(TargetError):
        answer(heap, None)


def test_a_pointer_into_the_heap_s_own_books_is_wild_and_the_heap_not_innocent():
    heap, books = FakeHeap(), 0x7E0000000000
    heap.target.mapping_list.append(Mapping(books, books + 0x100000, True, False, False))
    stop = fault_at("movq $0x1,(%rax)", registers={"rax": books + 16}, address=books + 16)
    assert answer(heap, stop)["fault"] == "non-heap"
    found = answer(heap, stop, own=((books, books + 0x100000),))
    assert (found["fault"], found["certainty"], found["access"]) == ("wild-pointer", "likely", "write")


@pytest.mark.parametrize("signal", ["SIGFPE", "SIGILL", "SIGTERM", None])
def test_innocent_heaps(signal):
    found = answer(FakeHeap(), Stop(signal))
    assert (found["fault"], found["block"]) == ("non-heap", None)


def thrown(heap: FakeHeap, name: str, virtual: str, base: int = 0) -> int:
    """An exception in flight, with a pointer to it on the stack; returns where its type is described."""
    table, type_info, text = DATA + 0x800 + base, DATA + 0x900 + base, DATA + 0xA00 + base
    heap.target.symbols.append((table, 8, SymbolAt(f"vtable for __cxxabiv1::{virtual}", 16, "libstdc++.so.6", False)))
    heap.set_word(type_info, 0, table)
    heap.set_word(type_info, 8, text)
    heap.write(text, name.encode() + b"\0")
    return type_info


def test_an_exception_with_its_type_and_text():
    heap = FakeHeap()
    own = thrown(heap, "N6parser12syntax_errorE", "__si_class_type_info")
    standard = thrown(heap, "St13runtime_error", "__class_type_info", 0x40)
    heap.set_word(own, 16, standard)
    heap.write(DATA + 0xB00, b"line 7\0")
    mark = int.from_bytes(b"GNUCC++\0", "big")
    block = heap.block(144, words=[1, 0, own, *[0] * 9, mark, 0, 0, 0, 0x1000, DATA + 0xB00])
    heap.set_word(STACK + 0x1000, 0x40, block + 128)
    frames = tuple(Frame(CODE, name) for name in ("raise", "abort", "std::terminate()", "__cxa_throw", "main"))
    stop = Stop("SIGABRT", -6, None, 1, CODE, STACK + 0x1000, {}, (), frames, ("libc.so.6",) * 4 + ("/bin/program",))
    found = answer(heap, stop)
    assert found["fault"] == "abort" and found["frame"]["function"] == "main"
    assert found["evidence"][0] == 'an exception of type parser::syntax_error was not caught: "line 7"'


@pytest.mark.parametrize(
    "mangled, name",
    [("i", "int"), ("St9bad_alloc", "std::bad_alloc"), ("8my_error", "my_error"), ("N1a1b1cE", "a::b::c"),
     ("1AIiE", "1AIiE")],
)  # fmt: skip
def test_type_names(mangled, name):
    assert exceptions.readable(mangled) == name


def test_a_signal_that_was_sent_and_one_that_alignment_caused():
    heap = FakeHeap()
    block = heap.block(64)
    sent = fault_at("syscall", registers={}, address=0)
    assert answer(heap, Stop(**{**vars(sent), "code": -6}))["fault"] == "non-heap"
    unaligned = fault_at("movaps %xmm0,(%rax)", registers={"rax": block + 4}, address=0)
    found = answer(heap, Stop(**{**vars(unaligned), "code": 128}))
    assert (found["fault"], found["certainty"], found["offset_bytes"]) == ("non-heap", "certain", 4)
    freed = heap.block(64, state=State.FREED)
    unaligned = fault_at("movaps %xmm0,(%rax)", registers={"rax": freed + 4}, address=0)
    assert answer(heap, Stop(**{**vars(unaligned), "code": 128}))["fault"] == "heap-use-after-free"


def test_an_address_computed_from_a_block_and_from_null():
    heap = FakeHeap()
    block = heap.block(40)
    heap.set_word(STACK + 0x1100, -8, block)
    texts = ("mov -0x8(%rbp),%rax", "add $0x70000000,%rax", "movl $0x1,(%rax)")
    found = answer(heap, fault_at(*texts, registers={"rax": block + 0x70000000}, address=block + 0x70000000))
    assert (found["fault"], found["offset_bytes"], found["certainty"]) == ("heap-buffer-overflow", 0x70000000, "likely")
    heap.set_word(STACK + 0x1100, -8, 0)
    found = answer(heap, fault_at(*texts, registers={"rax": 0x70000000}, address=0x70000000))
    assert (found["fault"], found["access"]) == ("null-dereference", "write")


@pytest.mark.parametrize(
    "kind, expected",
    [
        ("wild-pointer", ("wild-pointer", "write", "0xdeadbeefcafebabe")),
        ("double-free", ("double-free", None, "0x1000")),
    ],
)
def test_what_the_library_said_of_the_crash_itself_is_known_better(kind, expected):
    """Under FtMallocDebug it reports a wild pointer as it happens, where the processor gives no address without one."""
    heap = FakeHeap()
    session = heap.session()
    session.snapshot().last_fault = Fault(kind, None, 0x1000, None, 0, None, "said so", 1)
    heap.target.stopped = fault_at("movl $0x4,(%rax)", registers={"rax": 0xDEADBEEFCAFEBABE}, address=0)
    found = COMMANDS["diagnose"].run(session, command_line.parse(COMMANDS["diagnose"], "")).document()
    assert (found["fault"], found["access"], found["fault_address"]) == expected


def test_an_index_that_leaves_its_block_by_far():
    """As memcpy of a negative length does: the pointer stands in a register, and nothing says where it came from."""
    heap = FakeHeap()
    block = heap.block(40)
    registers = {"rsi": block, "rdx": 1 << 62}
    found = answer(heap, fault_at("vmovdqu -0x20(%rsi,%rdx,1),%ymm5", registers=registers, address=0))
    assert (found["fault"], found["access"], found["offset_bytes"]) == ("heap-buffer-overflow", "read", (1 << 62) - 32)


def test_an_index_that_was_never_set_tells_more_than_its_array():
    heap = FakeHeap()
    block = heap.block(40)
    at = heap.block(4, data=b"\xaa" * 4)
    heap.set_word(STACK + 0x1100, -8, block)
    heap.set_word(STACK + 0x1100, -16, at)
    texts = ("mov -0x10(%rbp),%rax", "mov (%rax),%eax", "cltq", "lea 0x0(,%rax,4),%rdx", "mov -0x8(%rbp),%rax",
             "add %rdx,%rax", "mov (%rax),%eax")  # fmt: skip
    scaled = 4 * (0xAAAAAAAA - (1 << 32)) % (1 << 64)
    address = (block + scaled) % (1 << 64)
    found = answer(heap, fault_at(*texts, registers={"rax": address, "rdx": scaled}, address=address))
    assert (found["fault"], found["block"]["address"], found["offset_bytes"]) == ("uninitialized-read", hex(at), 0)
    assert any("a number that the address was computed from was read at" in text for text in found["evidence"])


def test_the_end_of_the_heap_is_behind_a_block_that_somebody_had():
    heap = FakeHeap()
    block = heap.block(24)
    heap.block(24, state=State.UNUSED)
    end = HEAP + ZONE_BYTES
    found = answer(heap, fault_at("movzbl (%rax),%eax", registers={"rax": end}, address=end))
    assert (found["fault"], found["block"]["address"]) == ("heap-buffer-overflow", hex(block))
