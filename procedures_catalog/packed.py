"""Procedures kept small: thousands lie packed in a file, only those asked for are unpacked."""

from __future__ import annotations

import pickle
from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping

from .model import Procedure

_UNPACKED = 256


class Packed(Mapping[str, Procedure]):
    """Procedures by code, each a pickle of its own in `data`; the latest unpacked ones are remembered.

    `spans` are (begin, end) in `data`, which may be a file that the system maps into memory page by page.
    """

    def __init__(self, data: memoryview, spans: Mapping[str, tuple[int, int]]) -> None:
        self._data = data
        self._spans = spans
        self._unpacked: OrderedDict[str, Procedure] = OrderedDict()

    def __getitem__(self, code: str) -> Procedure:
        item = self._unpacked.pop(code, None) or self._unpack(code)
        self._unpacked[code] = item
        if len(self._unpacked) > _UNPACKED:
            self._unpacked.popitem(last=False)
        return item

    def __contains__(self, code: object) -> bool:
        return code in self._spans

    def __iter__(self) -> Iterator[str]:
        return iter(self._spans)

    def __len__(self) -> int:
        return len(self._spans)

    def _unpack(self, code: str) -> Procedure:
        begin, end = self._spans[code]
        item: Procedure = pickle.loads(self._data[begin:end])  # noqa: S301 - packed by `pack`
        return item


def pack(procedures: Mapping[str, Procedure]) -> tuple[bytes, dict[str, tuple[int, int]]]:
    """What `Packed` unpacks."""
    pieces, spans, begin = [], {}, 0
    for code, item in procedures.items():
        piece = pickle.dumps(item, pickle.HIGHEST_PROTOCOL)
        pieces.append(piece)
        spans[code] = (begin, begin + len(piece))
        begin += len(piece)
    return b"".join(pieces), spans


class Overlaid(Mapping[str, Procedure]):
    """Procedures with some changed and some hidden."""

    def __init__(
        self, base: Mapping[str, Procedure], changed: Mapping[str, Procedure], hidden: Collection[str]
    ) -> None:
        self._base = base
        self._changed = changed
        self._hidden = hidden

    def __getitem__(self, code: str) -> Procedure:
        if code in self._hidden:
            raise KeyError(code)
        return self._changed[code] if code in self._changed else self._base[code]

    def __iter__(self) -> Iterator[str]:
        return (code for code in self._base if code not in self._hidden)

    def __len__(self) -> int:
        return sum(1 for _ in self)
