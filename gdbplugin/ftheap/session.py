"""One debugging session: a target, its layout and one cached snapshot, dropped when the process moves."""

from __future__ import annotations

import os

from . import reader
from .errors import NotStarted, TargetError
from .layout import Layout, candidates, is_library, parse
from .layout_file import read_file
from .model.heap import Finding, Snapshot
from .progress import Progress
from .structs import Structs
from .target import Target
from .typed import TYPE_CHECKING

if TYPE_CHECKING:
    from .model.saved import SavedHeap

# Rules of a target's findings that begin so tell of memory that is not there.
_MEMORY_MISSING = "core-"


class Session:
    """What every command is given. ``target`` may be asked anything; the heap comes from ``snapshot()``.

    ``saved``: what the user keeps with ``snapshot NAME``, while the process moves on. ``progress``: news of long work.
    """

    def __init__(self, target: Target):
        self.target = target
        self._key: object = None
        self._layout: Layout | None = None
        self._snapshot: Snapshot | None = None
        self._near: Snapshot | None = None
        self._choice: list[Finding] = []
        self.saved: dict[str, SavedHeap] = {}
        self.progress = Progress()

    def forget(self) -> None:
        """Drops everything cached; for when the inferior was changed behind the target's back."""
        self._layout = self._snapshot = self._near = None

    def layout(self) -> Layout:
        """The layout of the library in the target. Raises TargetError when there is none that can be used."""
        self._refresh()
        if self._layout is None:
            self._layout = self._choose()
        return self._layout

    def snapshot(self, wants_pointers: bool = False) -> Snapshot:
        """The heap now. Raises TargetError; what is merely broken in the heap is in ``findings``. ``wants_pointers``:
        who points at whom will be asked, which is quicker if it is known here."""
        self._refresh()
        if self._snapshot is None:
            self._snapshot = self._read(wants_pointers=wants_pointers)
        return self._snapshot

    def snapshot_near(self, address: int) -> Snapshot:
        """As ``snapshot``, for a question about one address: of a large heap, only what concerns it need be there.
        Who asks about a second place may well ask about many: the whole heap is read then."""
        self._refresh()
        if self._snapshot is None and self._near is None:
            self._near = self._read(address)
        if self._snapshot is None and self._near is not None and self._near.tells_of(address):
            return self._near
        return self.snapshot()

    def reservations(self) -> list[Finding]:
        """What the target itself keeps from a true answer: memory and symbols that are missing, a second library."""
        return [*reader.heap.findings_of_target(self.target.findings()), *self._choice]

    def _read(self, around: int | None = None, wants_pointers: bool = False) -> Snapshot:
        layout = self.layout()
        try:
            snapshot = reader.heap.read_snapshot(
                self.target.memory, layout, self._writable, self.progress, around, wants_pointers
            )
        except TargetError as error:
            missing = self._missing()
            raise TargetError(f"ftmalloc's heap can't be read: {missing[0]}") if missing else error
        snapshot.findings[:0] = self.reservations()
        if self._missing():
            snapshot.complete = False
        snapshot.own_ranges += self._library_data(layout)
        return snapshot

    def _writable(self) -> list[tuple[int, int]]:
        return [(part.start, part.end) for part in self.target.mappings() if part.readable and part.writable]

    def _library_data(self, layout: Layout) -> list[tuple[int, int]]:
        """Writable data of the library's own file; nothing when it is linked into a program, whose data are roots."""
        target = self.target
        files = {mapping.path for mapping in target.mappings() if mapping.start <= layout.address < mapping.end}
        own = {path for path in files if is_library(path)}
        return [
            (mapping.start, mapping.end) for mapping in target.mappings() if mapping.path in own and mapping.writable
        ] + [
            (section.start, section.end)
            for section in target.sections()
            if section.writable and is_library(section.object_file)
        ]

    def _refresh(self) -> None:
        key = self.target.state_key()
        if key != self._key:
            self.forget()
            self._key = key

    def _choose(self) -> Layout:
        """The table to go by. Of several libraries: the one whose heap is in use, then the one with more zones."""
        absence = self.target.absence()
        if absence is not None:
            raise TargetError(absence)
        usable, rootless, failure = self._usable(everywhere=False)
        if not any(ready for ready, _, _ in usable):
            usable, rootless, failure = self._usable(everywhere=True)
        if not usable:
            return rootless or self._from_file(failure)
        usable.sort(key=lambda choice: choice[:2], reverse=True)
        chosen = usable[0][2]
        self._choice = [
            Finding(
                "second-library",
                layout.address,
                f"a second ftmalloc, version {layout.version}, is in this process, "
                f"with {count} zone{'s' * (count != 1)}: "
                f"what is shown is the heap of the one whose table is at {chosen.address:#x}",
            )
            for _, count, layout in usable[1:]
        ]
        return chosen

    def _from_file(self, failure: TargetError | None) -> Layout:
        """The table of the library's file, where the one in memory is lost; else raises what says why."""
        mappings = [mapping for mapping in self.target.mappings() if mapping.path.startswith("/")]
        paths = list(dict.fromkeys(mapping.path for mapping in mappings))
        paths = [path for path in paths if is_library(path)] + paths[:1]
        for path in paths:
            start = min(mapping.start for mapping in mappings if mapping.path == path)
            layout = read_file(path, start)
            if layout is not None:
                if isinstance(failure, NotStarted) and not self._in_use(layout):
                    raise self._nothing_left() or failure
                self._choice = [
                    Finding(
                        "layout-table-lost", layout.address,
                        f"the layout table of ftmalloc is {'damaged' if failure else 'not'} in memory: the one in "
                        f"{path} is used",
                    )
                ]
                return layout
        raise failure or self._no_heap(paths)

    def _in_use(self, layout: Layout) -> bool:
        try:
            return reader.heap.is_ready(layout, reader.heap.read_root(self.target.memory, layout, Structs(layout)))
        except TargetError:
            return False

    def _missing(self) -> list[str]:
        """What the target says of memory that is not there."""
        return [message for rule, _, message in self.target.findings() if rule.startswith(_MEMORY_MISSING)]

    def _nothing_left(self, path: str = "") -> TargetError | None:
        """``path``: of a file without a table, "" where there is none. None where nothing is known to be missing."""
        missing = self._missing()
        if not missing:
            return None
        if is_library(path):
            return TargetError(f"the data of {path} are not in memory, and the file is gone: {missing[0]}")
        return TargetError(f"no ftmalloc in what is left of this core file: {missing[0]}")

    def _no_heap(self, paths: list[str]) -> TargetError:
        """The one line for a target in which no table was found, nor a file with one at ``paths``."""
        nothing = self._nothing_left(paths[0] if paths else "")
        if nothing is not None:
            return nothing
        mapped = {os.path.basename(mapping.path) for mapping in self.target.mappings() if mapping.path.startswith("/")}
        if len(mapped) == 2 and any(name.startswith("ld-") for name in mapped):
            return TargetError("no ftmalloc so far: the program's libraries are not loaded; run it to main first")
        unread = self.target.libraries_without_symbols()
        ours = [path for path in unread if is_library(path)]
        if ours or unread and not mapped:
            return TargetError(
                f"the symbols of {(ours or unread)[0]} were not found: use `set solib-search-path FOLDER`, "
                "where a copy of it is, or `set sysroot`, and `file PROGRAM`"
            )
        return TargetError(
            "no ftmalloc in this program: start it with LD_PRELOAD=libftmalloc.so, or link it with -lftmalloc"
        )

    def _usable(self, everywhere: bool) -> tuple[list[tuple[bool, int, Layout]], Layout | None, TargetError | None]:
        """Every table that holds, with whether its heap is in use and its zone count; the first whose heap has lost its
        root; and the first refusal."""
        usable: list[tuple[bool, int, Layout]] = []
        rootless: Layout | None = None
        failure: TargetError | None = None
        for address in candidates(self.target, everywhere):
            try:
                layout = parse(self.target.memory, address)
            except TargetError as error:
                failure = failure or error
                continue
            try:
                root = reader.heap.read_root(self.target.memory, layout, Structs(layout))
            except TargetError:
                rootless = rootless or layout
                continue
            ready = reader.heap.is_ready(layout, root)
            usable.append((ready, root.zone_count if ready else 0, layout))
        return usable, rootless, failure
