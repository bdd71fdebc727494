"""Procedures kept small: thousands lie packed in memory, only those asked for are unpacked."""

from __future__ import annotations

import pickle
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache

from .model import Procedure

_UNPACKED = 256


class Packed(Mapping[str, Procedure]):
    """Procedures by code, each a pickle of its own; the latest unpacked ones are remembered."""

    def __init__(self, pickles: Mapping[str, bytes]) -> None:
        self._data = b"".join(pickles.values())
        self._spans: dict[str, tuple[int, int]] = {}
        start = 0
        for code, one in pickles.items():
            self._spans[code] = (start, start + len(one))
            start += len(one)
        self._unpacked = lru_cache(_UNPACKED)(self._unpack)

    @classmethod
    def of(cls, procedures: Mapping[str, Procedure]) -> Packed:
        """Pack what `load` has read."""
        return cls({code: pickle.dumps(item, pickle.HIGHEST_PROTOCOL) for code, item in procedures.items()})

    def __getitem__(self, code: str) -> Procedure:
        return self._unpacked(code)

    def __contains__(self, code: object) -> bool:
        return code in self._spans

    def __iter__(self) -> Iterator[str]:
        return iter(self._spans)

    def __len__(self) -> int:
        return len(self._spans)

    def __reduce__(self) -> tuple[type[Packed], tuple[dict[str, bytes]]]:
        return Packed, ({code: self._data[start:stop] for code, (start, stop) in self._spans.items()},)

    def _unpack(self, code: str) -> Procedure:
        start, stop = self._spans[code]
        item: Procedure = pickle.loads(memoryview(self._data)[start:stop])  # noqa: S301 - packed by this class
        return item


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
