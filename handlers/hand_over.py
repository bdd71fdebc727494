"""Handing on what somebody wrote: a question to an officer, once they have agreed, or words to a report."""

from __future__ import annotations

from handlers.cases.model import CaseDraft, CaseKind
from handlers.feedback import MIN_WORDS
from handlers.receipt import receipt
from handlers.services import Services
from handlers.talk import Choice, Question, Talk, t


async def hand_over(talk: Talk, services: Services, words: str) -> None:
    """Show `words`, send them when that is wished, tell the code to follow them by."""
    sure = await talk.ask(
        Question(
            key="sure",
            kind="choice",
            text=t("fallback.confirm", words=words),
            choices=(
                Choice(value="send", label=t("fallback.send")),
                Choice(value="no", label=t("fallback.do_not_send")),
            ),
        )
    )
    if sure == "no":
        talk.goto("menu")
        return
    filed = await talk.note(
        "filed", lambda: receipt(services, CaseDraft(kind=CaseKind.QUESTION, topic=None, words=words))
    )
    assert isinstance(filed, dict)
    talk.say(t("fallback.handed_over", code=str(filed["code"])))


def carried(words: str) -> dict[str, str]:
    """The words as those of a report, where they are enough for one."""
    return {"words": words} if len(words) >= MIN_WORDS else {}
