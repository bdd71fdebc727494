"""What the model finds wrong, in a sentence an editor understands."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from . import model, place
from .vocabulary import Elsewhere, Stem, StemChoice, Vocabulary

_KEYS = sorted(
    {
        item.name
        for kind in (*vars(model).values(), *vars(place).values(), Elsewhere, Stem, StemChoice, Vocabulary)
        if hasattr(kind, "__dataclass_fields__")
        for item in fields(kind)
    }
)


def explained(detail: Mapping[str, Any]) -> tuple[str, str]:
    """A pydantic error as (message, mend)."""
    key = str(next((part for part in reversed(detail["loc"]) if isinstance(part, str)), "value"))
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return f"`{key}` is missing.", f"Add `{key}:` here."
        case "unexpected_keyword_argument":
            near = difflib.get_close_matches(key, _KEYS, n=1)
            return f"`{key}` is not a known key.", f"Did you mean `{near[0]}`?" if near else "Remove it."
        case "enum" | "literal_error":
            return f"`{detail['input']}` is not allowed.", f"Write one of: {context['expected']}."
        case "bool_parsing" | "bool_type":
            return (
                f"`{detail['input']}` is not allowed.",
                "Write true or false (or unknown where it may be).",
            )
        case "int_parsing" | "int_type" | "int_from_float":
            return f"`{detail['input']}` is not a whole number.", "Write digits only, e.g. 50000."
        case "string_pattern_mismatch":
            return f"`{detail['input']}` has the wrong form.", f"It must match {context['pattern']}."
        case "string_too_short":
            return f"`{key}` is empty.", f"Write the {key}."
        case "string_type":
            return "A text is expected here.", "Write it on the same line, in quotes if it holds a colon."
        case "tuple_type" | "list_type":
            return "A list is expected here.", "Begin each item with `- `."
        case "dataclass_type" | "mapping_type" | "dict_type":
            return "A record is expected here.", "Write `key: value` lines."
        case kind if kind.startswith(("date", "time")):
            return f"`{detail['input']}` is not a date or time.", "Write 2026-11-24, or 07:30 for a time."
    return f"`{key}`: {detail['msg']}.", "Correct the value."
