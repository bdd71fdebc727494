"""Filing, and what a session keeps of it."""

from __future__ import annotations

from handlers.cases.model import CaseDraft
from handlers.services import Services
from handlers.talk import JSON


async def receipt(services: Services, draft: CaseDraft) -> JSON:
    """File the draft; the code and the secret to tell the citizen."""
    filed = await services.cases.file(draft)
    return {"code": filed.case.code, "secret": filed.secret}
