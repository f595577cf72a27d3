"""The numbers of a layout, plain or odd, and the table that tells them: what the C compiler makes of layout.def."""

from __future__ import annotations

import random
import struct
from dataclasses import dataclass, field

STRUCT, FIELD, BITS, ENUM, CONST, ROOT = range(1, 7)
PAGE = 4096
_MEMBERS = {
    "heap": "state:4 prefix_bytes:4 first_zone:8 zone_count:8 chunks:8 chunk_count:8 first_cache:8 page_bytes:8 "
    "refused_count:8 refused_bytes:8 zones_lock:4 retired_next:4 retired:256",
    "zone": "magic:8 next:8 previous:8 size_bytes:8 max_contiguous_free_bytes:8 first_block:8 type:4 flags:4",
    "run": "state:1 lead_unit:1 unit_count:1 slot_count:2 carved_count:2 free_count:2 "
    "first_slot_offset:4 stride_bytes:4",
    "block": "self:8 extent:8",
    "chunk": "address:8 size_bytes:8 kind:4",
    "retired": "payload:8 size_bytes:8",
    "region": "magic:8 first_page:4 page_count:4 page_bytes:8",
    "span": "pages:4 kind:4",
    "cache": "size_bytes:8 next:8 thread_id:4",
}
_ENUMS = {
    "block_state": "live fresh freed quarantined shifted live_aligned changing",
    "zone_type": "- tiny small large",
    "zone_flag": "- huge guarded",
    "run_state": "none lead follow",
    "chunk_kind": "none slots region huge",
    "span_kind": "inner zone clean dirty",
    "heap_state": "unused ready",
}


@dataclass
class Shape:
    """Every number of a layout. ``make`` gives the plain one; with a seed fields move, paddings and rows appear."""

    sizes: dict[str, int] = field(default_factory=dict)
    fields: dict[str, tuple[int, int]] = field(default_factory=dict)
    enums: dict[str, int] = field(default_factory=dict)
    constants: dict[str, int] = field(default_factory=dict)
    bits: dict[str, tuple[int, int]] = field(default_factory=dict)
    extra_rows: list[tuple[str, int, int, int]] = field(default_factory=list)
    row_bytes: int = 64
    header_bytes: int = 64
    shuffle: random.Random | None = None

    @staticmethod
    def make(seed: int | None = None) -> Shape:
        """The plain layout for None, an odd one for a number."""
        shape = Shape(shuffle=None if seed is None else random.Random(seed))
        chance = shape.shuffle
        shape.constants = dict(
            zone_magic=0x66746D7A6F6E6500, region_magic=0x66746D7265676E00, block_granule_bytes=16,
            granule_bytes=1 << 16, unit_bytes=PAGE, unit_count=16, retired_max=4,
            class_count=44, tiny_max_bytes=256, small_max_bytes=2048, lock_flags=3 << 30,
            redzone_fill=0xFD, freed_fill=0x55, allocated_fill=0xAA,
        )
        for structure, members in _MEMBERS.items():
            shape._lay_out(structure, [(name, int(size)) for name, size in
                                       (member.split(":") for member in members.split())])
        zone_bytes, run_bytes = shape.sizes["zone"], shape.sizes["run"]
        units = shape.constants["unit_count"]
        shape._lay_out("slot_zone", [("free_units", 8), ("dirty_units", 8), ("runs", units * run_bytes),
                                     ("free_bits", units * 32)], start=zone_bytes)
        for enumeration, names in _ENUMS.items():
            for number, name in enumerate(names.split()):
                shape.enums[f"{enumeration}.{name}"] = number
        shape.constants["slot_zone_header_bytes"] = -(-shape.sizes["slot_zone"] // 64) * 64
        if chance:
            shape._renumber(chance)
            shape.extra_rows = [("later_feature", CONST, 7, 0), ("zone.later", FIELD, 0, 3)]
            shape.row_bytes, shape.header_bytes = 80, 96
            for name in ("zone_magic", "region_magic"):
                shape.constants[name] = chance.getrandbits(63)
        shape.bits = {
            "block.self:address": (0, 48), "block.self:state": (54, 8),
            "block.self:ignored": (62, 1), "block.self:marked": (63, 1),
            "block.extent:size_bytes": (0, 48), "block.extent:next_granules": (48, 16),
        }
        if chance and chance.random() < 0.5:
            shape.bits |= {"block.self:state": (48, 8)}
        if chance and chance.random() < 0.5:
            shape.bits |= {"block.extent:size_bytes": (16, 48), "block.extent:next_granules": (0, 16)}
        return shape

    def _lay_out(self, structure: str, members: list[tuple[str, int]], start: int = 0) -> None:
        chance, offset = self.shuffle, start
        if chance:
            chance.shuffle(members)
            offset += 0 if structure in ("block", "slot_zone") else 8 * chance.randrange(3)
        for name, size in members:
            alignment = min(size, 8)
            offset = -(-offset // alignment) * alignment
            self.fields[f"{structure}.{name}"] = (offset, size)
            offset += size
            if chance and structure != "block":
                offset += 8 * chance.randrange(2)
        self.sizes[structure] = -(-offset // 16) * 16

    def _renumber(self, chance: random.Random) -> None:
        for enumeration in ("block_state", "run_state", "span_kind"):
            names = [name for name in self.enums if name.startswith(f"{enumeration}.")]
            numbers = [self.enums[name] for name in names]
            kept = 0 if enumeration == "span_kind" else None
            free = [number for number in numbers if number != kept]
            chance.shuffle(free)
            for name in names:
                self.enums[name] = kept if self.enums[name] == kept else free.pop()

    def rows(self, heap: int) -> list[tuple[str, int, int, int]]:
        """All rows as (name, kind, value, size), ``heap`` being the root's address."""
        rows = [("heap", ROOT, heap, self.sizes["heap"])]
        rows += [(name, STRUCT, size, 0) for name, size in self.sizes.items()]
        rows += [(name, FIELD, offset, size) for name, (offset, size) in self.fields.items()]
        rows += [(name, BITS, shift, width) for name, (shift, width) in self.bits.items()]
        rows += [(name, ENUM, value, 0) for name, value in self.enums.items() if not name.endswith("-")]
        rows += [(name, CONST, value, 0) for name, value in self.constants.items()]
        rows += self.extra_rows
        if self.shuffle:
            self.shuffle.shuffle(rows)
        return rows


def table(
    shape: Shape, address: int, heap: int, *, rows: list[tuple[str, int, int, int]] | None = None, form: int = 1,
    order: int = 0x01020304, pointer_bytes: int = 8, version: bytes = b"1.0.0",
) -> bytearray:
    """The bytes of ftmalloc_debug_info."""
    rows = shape.rows(heap) if rows is None else rows
    data = bytearray(struct.pack(
        "<16sQIIIIII16s", b"ftmalloc-layout", address, form, order, pointer_bytes, shape.header_bytes,
        shape.row_bytes, len(rows), version,
    ).ljust(shape.header_bytes, b"\0"))
    for name, kind, value, size in rows:
        data += struct.pack("<44sIQQ", name.encode(), kind, value, size).ljust(shape.row_bytes, b"\0")
    return data
