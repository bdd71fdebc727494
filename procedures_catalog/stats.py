"""What the catalog holds, in numbers."""

from __future__ import annotations

from collections import Counter
from typing import Any

from .reading import PROCEDURES, SIGNPOSTS, Reading


def count(reading: Reading) -> dict[str, Any]:
    """Numbers, and the codes behind them. `codes` are those of procedures with a full record, drafts included."""
    procedures = reading.values[PROCEDURES]
    signposts = {code: item for code, item in reading.values[SIGNPOSTS].items() if code not in procedures}
    reviewed = sorted(code for code, item in procedures.items() if item.reviewed)
    drafts = sorted(code for code, item in procedures.items() if not item.reviewed)
    deployment = reading.singles.get("deployment")
    shown = deployment is not None and deployment.drafts == "shown"
    fields = Counter(item.field for item in procedures.values())
    return {
        "procedures": len(procedures),
        "reviewed": len(reviewed),
        "drafts": len(drafts),
        "shown_to_citizens": len(reviewed) + (len(drafts) if shown else 0),
        "confirmed": sum(item.confirmed is not None for item in procedures.values()),
        "signposts": len(signposts),
        "signpost_drafts": sum(not item.reviewed for item in signposts.values()),
        "life_events": len(reading.values["life_events"]),
        "fields": dict(sorted(fields.items())),
        "codes": sorted(procedures),
        "reviewed_codes": reviewed,
        "draft_codes": drafts,
        "signpost_codes": sorted(signposts),
    }
