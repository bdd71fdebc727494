"""The form of a transcript file; README.md says what each field means."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from bot.channels.known import LIMITS


class _Strict(BaseModel):
    """A misspelt field is a fault, not a check that never runs."""

    model_config = ConfigDict(extra="forbid")


class Deed(_Strict):
    """What an officer does at the desk. `link` issues a code for their own chat; `role`: a new account's."""

    does: Literal["take", "note", "answer", "close", "link"]
    words: str | None = None
    office: str | None = None
    role: str = "handler"
    refused: str | None = None


class CaseNow(_Strict):
    """What must be stored of the newest case; only the fields that are given are compared."""

    office: str | None = None
    status: str | None = None
    words: str | None = None
    name: str | None = None
    anonymous: bool | None = None
    files: int | None = None
    rating: int | None = None
    hide_sender: bool | None = None


class Turn(_Strict):
    """One thing that happens, and what must follow from it."""

    clock: str | None = None
    who: str = "citizen"
    citizen: str | None = None
    longer: int = 1
    tap: str | None = None
    old_tap: str | None = None
    payload: str | None = None
    photo: bool = False
    location: tuple[float, float] | None = None
    unsupported: bool = False
    officer: Deed | None = None
    repeat: int = 1
    redelivered: int = 1
    bot: list[str] = Field(default_factory=list)
    notices: dict[str, list[str]] = Field(default_factory=dict)
    says: list[str] = Field(default_factory=list)
    never: list[str] = Field(default_factory=list)
    case: CaseNow | None = None
    cases: int | None = None
    nowhere: list[str] = Field(default_factory=list)

    @property
    def speaks(self) -> bool:
        """Whether something comes in from a person, and not only time passes or an officer acts."""
        return (
            any(given is not None for given in (self.citizen, self.tap, self.old_tap, self.payload, self.location))
            or self.photo
            or self.unsupported
        )


class Transcript(_Strict):
    """One conversation that shows one behaviour."""

    title: str
    about: str | None = None
    at: str = "2026-11-23T09:00+07:00"
    only: list[str] | None = None
    turns: list[Turn]

    def plays_on(self, channel: str) -> bool:
        """`only` holds channel names, or `buttons` for all that have any."""
        if self.only is None:
            return True
        return channel in self.only or ("buttons" in self.only and LIMITS[channel].buttons > 0)


def read(file: Path) -> Transcript:
    """Raises pydantic's ValidationError naming the field."""
    return Transcript.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))


def write(transcript: Transcript, file: Path) -> None:
    """In one stable style: what is as usual is left out, short lists stand on one line."""
    kept: dict[str, Any] = transcript.model_dump(mode="json", exclude_unset=True)
    text = yaml.safe_dump(kept, allow_unicode=True, sort_keys=False, width=110, default_flow_style=None)
    file.write_text(text, encoding="utf-8")
