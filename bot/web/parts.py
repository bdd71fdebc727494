"""Parts of a reply as the chat page's script reads them."""

from __future__ import annotations

from bot.store.records import OutboxRow
from handlers.talk import LINK_NONCE, Button, FileRef


def row_json(row: OutboxRow) -> dict[str, object]:
    """`seq` is the reader's cursor; `about` is the wording key the part began as; `at` is UTC."""
    part = row.part
    return {
        "seq": row.seq,
        "spans": [{"text": span.text, "bold": span.bold, "url": span.url} for span in part.spans],
        "buttons": [_button_json(button) for button in part.buttons],
        "files": [file_json(file) for file in part.files],
        "human": part.human,
        "about": part.key,
        "at": row.created_at.isoformat(),
    }


def _button_json(button: Button) -> dict[str, object]:
    """`question` names what the button answers; a button without one stays good for ever."""
    question = None
    if button.payload is not None:
        conversation, asked, nonce = [*button.payload.split(".", 3), "", ""][:3]
        question = None if nonce == LINK_NONCE else f"{conversation}.{asked}.{nonce}"
    return {"label": button.label, "payload": button.payload, "url": button.url, "question": question}


def file_json(file: FileRef) -> dict[str, object]:
    """Where the visitor's own browser finds the file."""
    return {"url": f"/chat/files/{file.id}", "kind": file.kind}
