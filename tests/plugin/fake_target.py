"""A process made by hand: a heap with chosen blocks, globals, threads, mappings and symbols; no layout, no reader.

    heap = FakeHeap()
    lost = heap.block(40)
    kept = heap.block(24, words=[lost])
    heap.set_global(0, kept)
    session = heap.session()
"""

from __future__ import annotations

from bare_target import BareTarget
from ftheap.memory import ImageMemory
from ftheap.model.heap import Blocks, Fills, Finding, Snapshot, State, Zone, ZoneType
from ftheap.model.runs import Run, Runs
from ftheap.modules import Modules
from ftheap.progress import Progress
from ftheap.target import Frame, Mapping, Section, SymbolAt, Thread

CODE, DATA, STACK, THREAD_STACK, HEAP = 0x400000, 0x600000, 0x7FFC00000000, 0x7F1000000000, 0x7F0000000000
AREA_BYTES = 0x4000
ZONE_BYTES, RUN_BYTES, FIRST_RUN_OFFSET, HEADER_BYTES = 4 << 20, 64 << 10, 0x1000, 16
STRIDES = (32, 48, 80, 144, 528, 1040)


class FakeTarget(BareTarget):
    """An inferior of plain data; change the attributes to make a stranger process."""

    def __init__(self, memory: ImageMemory):
        super().__init__(memory, "fake process")
        self.mapping_list: list[Mapping] = []
        self.section_list: list[Section] = []
        self.thread_list: list[Thread] = []
        self.symbols: list[tuple[int, int, SymbolAt]] = []
        self.frames: dict[int, Frame] = {}

    def symbol_address(self, name: str) -> int | None:
        return next((start for start, _, symbol in self.symbols if symbol.name == name), None)

    def symbol_at(self, address: int) -> SymbolAt | None:
        for start, size_bytes, symbol in self.symbols:
            if start <= address < start + size_bytes:
                return symbol._replace(offset_bytes=address - start)
        return None

    def source_frames(self, address: int, is_return_address: bool = True) -> tuple[Frame, ...]:
        frame = self.frames.get(address, Frame(address))
        place = Modules(self.mapping_list, self.memory).place(address)
        return (frame._replace(module=place[0], module_offset_bytes=place[1]) if place is not None else frame,)

    def mappings(self) -> list[Mapping]:
        return self.mapping_list

    def sections(self) -> list[Section]:
        return self.section_list

    def threads(self) -> list[Thread]:
        return self.thread_list


class FakeSession:
    """What commands need of a session, on a snapshot that never changes until ``key`` of the target does."""

    def __init__(self, target: FakeTarget, snapshot: Snapshot):
        self.target, self._snapshot = target, snapshot
        self.progress = Progress()
        self.saved = {}

    def snapshot(self, wants_pointers: bool = False) -> Snapshot:
        return self._snapshot

    def snapshot_near(self, _address: int) -> Snapshot:
        return self._snapshot

    def layout(self) -> None:
        """Always there."""

    def reservations(self) -> list[Finding]:
        return []


class FakeHeap:
    """One TINY zone with a run for each of STRIDES, and LARGE zones behind it; one thread; one object with code
    and data; a mapped stack."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, int, State]] = []
        self.slots = {stride: 0 for stride in STRIDES}
        self.pieces = {
            HEAP: bytearray(ZONE_BYTES),
            DATA: bytearray(AREA_BYTES),
            STACK: bytearray(AREA_BYTES),
            THREAD_STACK: bytearray(AREA_BYTES),
            CODE: bytearray(AREA_BYTES),
        }
        self.large: list[int] = []
        self.target = FakeTarget(ImageMemory(self.pieces))
        self.target.mapping_list = [
            Mapping(CODE, CODE + AREA_BYTES, True, False, True, "/bin/program"),
            Mapping(DATA, DATA + AREA_BYTES, True, True, False, "/bin/program"),
            Mapping(HEAP, HEAP + ZONE_BYTES, True, True, False),
            Mapping(STACK, STACK + AREA_BYTES, True, True, False, "[stack]"),
        ]
        self.target.section_list = [
            Section(CODE, CODE + AREA_BYTES, ".text", "/bin/program", False),
            Section(DATA, DATA + AREA_BYTES, ".data", "/bin/program", True),
        ]
        self.target.symbols = [
            (CODE, 0x100, SymbolAt("main", 0, "/bin/program", True)),
            (DATA, 0x40, SymbolAt("table", 0, "/bin/program", False)),
        ]
        self.target.thread_list = [Thread(1, 100, "program", {"rip": CODE + 4}, b"", STACK + 0x1000, DATA + 0x3000)]

    def block(self, size_bytes: int, words: list[int] = [], data: bytes = b"", state: State = State.LIVE) -> int:
        """The next slot that fits; its payload's address."""
        stride = next((stride for stride in STRIDES if size_bytes + HEADER_BYTES <= stride), 0)
        if stride:
            index = STRIDES.index(stride)
            start = HEAP + FIRST_RUN_OFFSET if index == 0 else HEAP + index * RUN_BYTES
            address = start + self.slots[stride] * stride + HEADER_BYTES
            self.slots[stride] += 1
        else:
            zone = HEAP + ZONE_BYTES * (len(self.large) + 1)
            self.large.append(zone)
            self.pieces[zone] = bytearray((size_bytes + 0x2000) // 0x1000 * 0x1000)
            self.target.mapping_list.append(Mapping(zone, zone + len(self.pieces[zone]), True, True, False))
            address = zone + 0x60
        self.rows.append((address, size_bytes, state))
        self.write(address - HEADER_BYTES, address.to_bytes(8, "little"))
        self.write(address, data)
        for index, word in enumerate(words):
            self.set_word(address, 8 * index, word)
        return address

    def write(self, address: int, data: bytes) -> None:
        """Bytes at any mapped address."""
        start = max(start for start in self.pieces if start <= address)
        self.pieces[start][address - start : address - start + len(data)] = data

    def set_word(self, address: int, offset_bytes: int, value: int) -> None:
        """A 64-bit word at ``address + offset_bytes``."""
        self.write(address + offset_bytes, value.to_bytes(8, "little"))

    def set_global(self, index: int, value: int) -> None:
        """Word ``index`` of the program's data; the first eight are the variable ``table``."""
        self.set_word(DATA, 8 * index, value)

    def add_mapping(self, start: int, data: bytes | bytearray, path: str = "", writable: bool = True) -> None:
        """Another mapping with contents."""
        self.pieces[start] = bytearray(data)
        self.target.mapping_list.append(Mapping(start, start + len(data), True, writable, False, path))

    def snapshot(self) -> Snapshot:
        """The heap so far."""
        blocks = Blocks()
        for address, size_bytes, state in sorted(self.rows):
            blocks.addresses.append(address)
            blocks.sizes.append(size_bytes)
            blocks.states.append(state)
        zone = Zone(HEAP, ZoneType.TINY, ZONE_BYTES, ZONE_BYTES // 2)
        zones = [zone]
        row = 0
        for index, stride in enumerate(STRIDES):
            start = HEAP + index * RUN_BYTES + (FIRST_RUN_OFFSET if index == 0 else 0)
            count = (HEAP + (index + 1) * RUN_BYTES - start) // stride
            zone.runs.append(
                Run(start, HEAP + (index + 1) * RUN_BYTES, start, stride, count, self.slots[stride], row)
            )
            row += self.slots[stride]
        zone.end_index = row
        for start in self.large:
            size_bytes = len(self.pieces[start])
            first = start + 0x60 - HEADER_BYTES
            run = Run(start, start + size_bytes, first, start + size_bytes - first, 1, 1, row)
            zones.append(Zone(start, ZoneType.LARGE, size_bytes, 0, True, False, Runs([run]), row, row + 1))
            row += 1
        self.target.memory = ImageMemory(self.pieces)
        return Snapshot(zones, blocks, [], HEADER_BYTES, 0, fills=Fills(0xFD, 0x55, 0xAA))

    def session(self) -> FakeSession:
        """The process as a command sees it."""
        snapshot = self.snapshot()
        return FakeSession(self.target, snapshot)
