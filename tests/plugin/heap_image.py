"""Synthetic heaps at fake addresses, byte by byte, by a shape that can be as odd as a test wants.

``HeapImage`` writes zones, runs, blocks and LARGE blocks, and the table that describes them; ``ImageTarget`` serves
the result as an inferior. Nothing here uses the reader.
"""

from __future__ import annotations

from dataclasses import dataclass

from bare_target import BareTarget
from ftheap.memory import ImageMemory
from ftheap.target import Mapping
from heap_shape import PAGE, Shape, table

LIVE, FRESH, FREED, QUARANTINED, SHIFTED, LIVE_ALIGNED, CHANGING = (
    "live", "fresh", "freed", "quarantined", "shifted", "live_aligned", "changing",
)


@dataclass
class Expected:
    """A block as the image's author knows it. ``state`` is one of the allocator's own names."""

    address: int
    size_bytes: int
    state: str


class HeapImage:
    """A heap being written. Zones are linked as they are added; ``seal`` writes root, registry and table."""

    TABLE = 0x500000010000
    HEAP = 0x500000020000
    CHUNKS = 0x500000030000
    CACHE = 0x500000040000

    def __init__(self, shape: Shape | None = None, prefix_bytes: int = 0, base: int = 0x7F0000000000):
        self.shape = shape or Shape.make()
        self.prefix_bytes = prefix_bytes
        self.pieces: dict[int, bytearray] = {}
        self.zones: list[int] = []
        self.chunks: list[tuple[int, int, int]] = []
        self.blocks: list[Expected] = []
        self.retired: list[tuple[int, int]] = []
        self._next = base
        self._units: dict[int, int] = {}
        self._regions: dict[int, int] = {}
        self.started = True
        self.lock_owner = 0
        self.thread_ids = [77]

    # Raw access

    def piece(self, address: int) -> tuple[int, bytearray]:
        for start, data in self.pieces.items():
            if start <= address < start + len(data):
                return start, data
        raise KeyError(hex(address))

    def poke(self, address: int, data: bytes) -> None:
        """Overwrites bytes, as a faulty program would."""
        start, piece = self.piece(address)
        piece[address - start : address - start + len(data)] = data

    def peek(self, address: int, size_bytes: int) -> bytes:
        start, piece = self.piece(address)
        return bytes(piece[address - start : address - start + size_bytes])

    def field_at(self, structure: str, name: str, address: int) -> tuple[int, int]:
        """Address and size of a member of the structure at ``address``."""
        offset, size = self.shape.fields[f"{structure}.{name}"]
        return address + offset, size

    def set(self, structure: str, address: int, /, **values: int) -> None:
        """Writes members of the structure at ``address``."""
        for name, value in values.items():
            place, size = self.field_at(structure, name, address)
            self.poke(place, value.to_bytes(size, "little"))

    def get(self, structure: str, address: int, name: str) -> int:
        place, size = self.field_at(structure, name, address)
        return int.from_bytes(self.peek(place, size), "little")

    def drop(self, start: int, size_bytes: int) -> None:
        """Makes a range unreadable, as a core without these pages."""
        at, piece = self.piece(start)
        del self.pieces[at]
        if start > at:
            self.pieces[at] = piece[: start - at]
        if at + len(piece) > start + size_bytes:
            self.pieces[start + size_bytes] = piece[start + size_bytes - at :]

    # Building

    def _place(self, size_bytes: int) -> int:
        granule = self.shape.constants["granule_bytes"]
        address = self._next
        self._next += -(-size_bytes // granule) * granule + granule
        self.pieces[address] = bytearray(size_bytes)
        return address

    def _begin_zone(self, address: int, kind: str, size_bytes: int) -> None:
        shape = self.shape
        self.set(
            "zone", address, magic=shape.constants["zone_magic"] ^ address, size_bytes=size_bytes,
            type=shape.enums[f"zone_type.{kind}"],
        )
        if self.zones:
            self.set("zone", self.zones[-1], next=address)
            self.set("zone", address, previous=self.zones[-1])
        self.zones.append(address)

    def header(self, address: int, state: str, size_bytes: int, next_bytes: int) -> None:
        """Writes a block header."""
        shape = self.shape
        payload = address + shape.sizes["block"]
        word = payload << shape.bits["block.self:address"][0]
        word |= shape.enums[f"block_state.{state}"] << shape.bits["block.self:state"][0]
        extent = size_bytes << shape.bits["block.extent:size_bytes"][0]
        extent |= next_bytes // 16 << shape.bits["block.extent:next_granules"][0]
        self.set("block", address, self=word, extent=extent)

    def flag(self, payload: int, name: str) -> None:
        """Sets a flag in the header of a block: ignored or marked."""
        header = payload - self.shape.sizes["block"]
        word = self.get("block", header, "self") | 1 << self.shape.bits[f"block.self:{name}"][0]
        self.set("block", header, self=word)

    def add_slot_zone(self, kind: str = "tiny") -> int:
        """An empty TINY or SMALL zone."""
        shape = self.shape
        address = self._place(shape.constants["granule_bytes"])
        self._begin_zone(address, kind, shape.constants["granule_bytes"])
        self.chunks.append((address, shape.constants["granule_bytes"], shape.enums["chunk_kind.slots"]))
        self._units[address] = 0
        self.set("slot_zone", address, free_units=(1 << shape.constants["unit_count"]) - 1)
        for unit in range(shape.constants["unit_count"]):
            self.set("run", self.run_address(address, unit), state=shape.enums["run_state.none"])
        self._note_free(address)
        return address

    def _note_free(self, zone: int) -> None:
        units, unit_bytes = self.shape.constants["unit_count"], self.shape.constants["unit_bytes"]
        used = self._units[zone] * unit_bytes or self.shape.constants["slot_zone_header_bytes"]
        self.set("zone", zone, max_contiguous_free_bytes=units * unit_bytes - used)
        self.set("slot_zone", zone, free_units=(1 << units) - (1 << self._units[zone]))

    def run_address(self, zone: int, unit: int) -> int:
        """Where the descriptor of a unit stands."""
        return zone + self.shape.fields["slot_zone.runs"][0] + unit * self.shape.sizes["run"]

    def add_run(
        self, zone: int, payload_bytes: int, blocks: list[tuple[str, int]], units: int = 1
    ) -> list[int]:
        """A run with these carved slots as (state, size); returns payloads. "aligned" stands 32 bytes further in."""
        shape, prefix = self.shape, self.prefix_bytes
        header_bytes = shape.sizes["block"]
        unit_bytes = shape.constants["unit_bytes"]
        unit = self._units[zone]
        start = zone + unit * unit_bytes
        first = start if unit else zone + shape.constants["slot_zone_header_bytes"]
        stride = prefix + header_bytes + payload_bytes
        slot_count = (start + units * unit_bytes - first) // stride
        assert len(blocks) <= slot_count and unit + units <= shape.constants["unit_count"]
        payloads, bits = [], 0
        for index, (state, size) in enumerate(blocks):
            header = first + index * stride + prefix
            payload = header + header_bytes
            if state == "aligned":
                self.header(header, SHIFTED, 32, stride)
                self.header(header + 32, LIVE_ALIGNED, size, stride)
                payload, state = payload + 32, LIVE
            else:
                self.header(header, state, size, stride)
            if state == FREED:
                bits |= 1 << index
            if state == QUARANTINED:
                self.poke(payload, bytes([shape.constants["freed_fill"]]) * size)
            payloads.append(payload)
            self.blocks.append(Expected(payload, size if state != FRESH else 0, state))
        enums = shape.enums
        self.set(
            "run", self.run_address(zone, unit), state=enums["run_state.lead"], lead_unit=unit, unit_count=units,
            slot_count=slot_count, carved_count=len(blocks), free_count=bits.bit_count(),
            first_slot_offset=first - zone, stride_bytes=stride,
        )
        for follow in range(unit + 1, unit + units):
            self.set("run", self.run_address(zone, follow), state=enums["run_state.follow"], lead_unit=unit)
        offset, size = shape.fields["slot_zone.free_bits"]
        row_bytes = size // shape.constants["unit_count"]
        self.poke(zone + offset + unit * row_bytes, bits.to_bytes(row_bytes, "little"))
        if unit == 0:
            self.set("zone", zone, first_block=first + prefix)
        self._units[zone] += units
        self._note_free(zone)
        return payloads

    def add_region(self, page_count: int = 32) -> int:
        """A region with all pages free; LARGE zones are cut from it in order."""
        shape = self.shape
        address = self._place(page_count * PAGE)
        first = -(-(shape.sizes["region"] + page_count * shape.sizes["span"]) // PAGE)
        self.set(
            "region", address, magic=shape.constants["region_magic"] ^ address, first_page=first,
            page_count=page_count, page_bytes=PAGE,
        )
        self.chunks.append((address, page_count * PAGE, shape.enums["chunk_kind.region"]))
        self._regions[address] = first
        self._span(address, first, page_count - first, "clean")
        return address

    def _span(self, region: int, page: int, pages: int, kind: str) -> None:
        if pages:
            base = region + self.shape.sizes["region"] + page * self.shape.sizes["span"]
            self.set("span", base, pages=pages, kind=self.shape.enums[f"span_kind.{kind}"])

    def add_large(self, region: int, size_bytes: int, state: str = LIVE) -> int:
        """A LARGE block in the region; returns its payload. In state freed, its span is free and holds old bytes."""
        shape = self.shape
        overhead = -(-(shape.sizes["zone"] + self.prefix_bytes + shape.sizes["block"]) // 64) * 64
        pages = -(-(overhead + size_bytes) // PAGE)
        page = self._regions[region]
        page_count = self.get("region", region, "page_count")
        self._span(region, page, pages, "dirty" if state == FREED else "zone")
        self._span(region, page + pages, page_count - page - pages, "clean")
        self._regions[region] += pages
        return self._large_zone(region + page * PAGE, pages * PAGE, overhead, size_bytes, state)

    def add_huge(self, size_bytes: int) -> int:
        """A LARGE block with a mapping of its own; returns its payload."""
        shape = self.shape
        overhead = -(-(shape.sizes["zone"] + self.prefix_bytes + shape.sizes["block"]) // 64) * 64
        zone_bytes = -(-(overhead + size_bytes) // PAGE) * PAGE
        address = self._place(zone_bytes)
        self.chunks.append((address, zone_bytes, shape.enums["chunk_kind.huge"]))
        return self._large_zone(address, zone_bytes, overhead, size_bytes, LIVE)

    def _large_zone(self, address: int, zone_bytes: int, overhead: int, size_bytes: int, state: str) -> int:
        shape = self.shape
        payload = address + overhead
        block = payload - shape.sizes["block"]
        if state != FREED:
            self._begin_zone(address, "large", zone_bytes)
            self.blocks.append(Expected(payload, size_bytes, state))
        self.header(block, state, size_bytes, 0)
        self.set("zone", address, first_block=block, max_contiguous_free_bytes=zone_bytes - overhead - size_bytes)
        return payload

    def seal(self) -> ImageTarget:
        """Writes what hangs on the whole, and serves it."""
        shape = self.shape
        self.pieces.setdefault(self.HEAP, bytearray(PAGE))
        self.pieces[self.CHUNKS] = bytearray(max(len(self.chunks), 1) * shape.sizes["chunk"])
        for index, (address, size_bytes, kind) in enumerate(self.chunks):
            entry = self.CHUNKS + index * shape.sizes["chunk"]
            self.set("chunk", entry, address=address, size_bytes=size_bytes, kind=kind)
        caches = [self.CACHE + index * PAGE for index in range(len(self.thread_ids))]
        for address, thread_id, following in zip(caches, self.thread_ids, [*caches[1:], 0]):
            self.pieces[address] = bytearray(PAGE)
            self.set("cache", address, size_bytes=PAGE, next=following, thread_id=thread_id)
        self.set(
            "heap", self.HEAP, state=shape.enums["heap_state.ready" if self.started else "heap_state.unused"],
            prefix_bytes=self.prefix_bytes, first_zone=self.zones[0] if self.zones else 0, zone_count=len(self.zones),
            chunks=self.CHUNKS if self.chunks else 0, chunk_count=len(self.chunks),
            first_cache=caches[0] if caches else 0, page_bytes=PAGE, zones_lock=self.lock_owner,
            retired_next=len(self.retired),
        )
        ring = self.HEAP + shape.fields["heap.retired"][0]
        for index, (payload, size_bytes) in enumerate(self.retired):
            self.set("retired", ring + index * shape.sizes["retired"], payload=payload, size_bytes=size_bytes)
        self.pieces[self.TABLE] = table(shape, self.TABLE, self.HEAP)
        return ImageTarget(self.pieces, {"ftmalloc_debug_info": self.TABLE})

    def live(self) -> dict[int, int]:
        """Address to size of the blocks that are live."""
        return {block.address: block.size_bytes for block in self.blocks if block.state == LIVE}


class ImageTarget(BareTarget):
    """An inferior made of bytes."""

    def __init__(self, pieces: dict[int, bytearray], symbols: dict[str, int]):
        super().__init__(ImageMemory(pieces), "heap image")
        self.pieces = pieces
        self.symbols = symbols

    def symbol_address(self, name: str) -> int | None:
        return self.symbols.get(name)

    def mappings(self) -> list[Mapping]:
        return [Mapping(start, start + len(data), True, True, False) for start, data in sorted(self.pieces.items())]


def sample_heap(shape: Shape | None = None, prefix_bytes: int = 0) -> HeapImage:
    """A small heap with all there is: two types of slot zones, runs of one and two units, LARGE and huge blocks."""
    image = HeapImage(shape, prefix_bytes)
    tiny, small = image.add_slot_zone("tiny"), image.add_slot_zone("small")
    mixed = [(LIVE, 42), (FREED, 10), ("aligned", 20), (LIVE, 0), (QUARANTINED, 7), (FRESH, 0), (CHANGING, 5)]
    image.add_run(tiny, 80, mixed)
    image.add_run(tiny, 32, [(LIVE, index % 33) for index in range(40)])
    image.add_run(small, 1024, [(LIVE, 1000), (LIVE, 1024), (FREED, 900)], units=2)
    region = image.add_region()
    image.add_large(region, 5000)
    image.add_large(region, 3000, FREED)
    image.add_large(region, 20000)
    image.add_huge(100_000)
    image.retired = [(0x7FFF00001000, 123), (0x7FFF00002000, 456)]
    return image
