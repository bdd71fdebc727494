"""Which reader a file gets, and that no broken file ends in anything but a sentence."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pytest

from procedures_catalog.importers import detect, html, jsonl, lists, page, rest, word
from procedures_catalog.importers.record import ListRow, Problem, Read, SourceRecord, Unreadable

from . import office, test_html, test_lists, test_page, test_rest, test_word

LINE = json.dumps({"code": "1.999001", "name": "Cấp thẻ"}).encode()
CAPTURE = json.dumps({"ma_thu_tuc": "1.999001", "raw_text": test_page.RAW}, ensure_ascii=False).encode()
ANSWER = json.dumps({"code": "OK", "message": "OK", "data": test_rest.DATA}, indent=1).encode()
COPIED = test_lists.PAGE.format(found=2).encode()
FILES: dict[str, bytes] = {
    "lines.jsonl": LINE + b"\n" + LINE,
    "lines.json": LINE + b"\n" + LINE,
    "lines.jsonl.gz": gzip.compress(LINE),
    "page.json": CAPTURE,
    "answer.json": ANSWER,
    "page.html": test_html.PAGE.encode(),
    "list.txt": COPIED,
    "list.xlsx": office.sheet(test_lists.PROVINCE),
    "list.xls": office.old_sheet(test_lists.PROVINCE),
    "export.doc": office.word(*test_word.WHOLE),
}
READERS: dict[str, detect.Reader] = {
    "lines.jsonl": jsonl.read,
    "lines.json": jsonl.read,
    "lines.jsonl.gz": jsonl.read,
    "page.json": page.read,
    "answer.json": rest.read,
    "page.html": html.read,
    "list.txt": lists.read_text,
    "list.xlsx": lists.read_book,
    "list.xls": lists.read_book,
    "export.doc": word.read,
}


def saved(folder: Path, name: str, data: bytes) -> Path:
    """A file's path."""
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("name", FILES)
def test_each_form_gets_its_reader(tmp_path: Path, name: str) -> None:
    assert detect.reader(saved(tmp_path, name, FILES[name])) is READERS[name]


@pytest.mark.parametrize("name", [name for name in FILES if not name.startswith("lines")])
def test_the_content_counts_more_than_the_name(tmp_path: Path, name: str) -> None:
    assert detect.reader(saved(tmp_path, "wrong.xlsx", FILES[name])) is READERS[name]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"%PDF-1.7", "a PDF"),
        (b"{\\rtf1", "an RTF"),
        (b"\x89PNG\r\n", "a picture"),
        (b"Xin ch\xc3\xa0o", "no known form"),
        (b"{\n}", "JSON of no known form"),
        (b"[1, 2", "not valid JSON"),
        (b"[" * 200_000, "not valid JSON"),
        ("Tỉnh".encode("utf-16-le"), "UTF-8|binary"),
        (office.package({"a.txt": b"x"}), "an archive"),
        (office.package({"xl/vbaProject.bin": b"x"}), "macros"),
        (office.container({"WordDocument": b"x"}), "save it as .docx"),
        (office.container({"EncryptedPackage": b"x"}), "password"),
        (b"PK\x03\x04" + bytes(50), "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(50), "damaged"),
    ],
)
def test_what_cannot_be_imported_is_refused_in_one_sentence(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words) as refusal:
        detect.reader(saved(tmp_path, "a.doc", data))
    assert "\n" not in str(refusal.value)


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="folder"):
        detect.reader(tmp_path)
    with pytest.raises(Unreadable, match="cannot be opened"):
        detect.reader(tmp_path / "none")


REFUSED: list[Read] = []


def tried(read: detect.Reader, path: Path) -> list[Read]:
    """What is read, or REFUSED; any other exception fails the test."""
    try:
        return list(read(path))
    except Unreadable:
        return REFUSED


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The bytes cut off, with some exchanged, or partly random."""
    what = chance.randrange(4)
    if what == 0:
        return data[: chance.randrange(len(data))]
    if what == 1:
        return data[: len(data) // 2] + chance.randbytes(200) + data[len(data) // 2 + 200 :]
    changed = bytearray(data)
    for _ in range(chance.choice([1, 3, 30])):
        place = chance.randrange(len(data))
        piece = chance.randbytes(1) if what == 2 else chance.choice([b"\xff\xff\xff\xff", bytes(4)])
        changed[place : place + len(piece)] = piece
    return bytes(changed)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("seed", range(5))
def test_a_damaged_file_ends_in_a_sentence_or_in_remarks(tmp_path: Path, name: str, seed: int) -> None:
    chance = random.Random(f"{name} {seed}")
    for _ in range(10):
        path = saved(tmp_path, name, damaged(FILES[name], chance))
        for read in (READERS[name], lambda path: detect.reader(path)(path)):
            assert all(isinstance(item, SourceRecord | ListRow | Problem) for item in tried(read, path))


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith((".json", ".html", ".txt"))])
@pytest.mark.parametrize("coding", ["utf-16", "utf-16-le", "cp1258", "utf-32"])
def test_another_encoding_ends_in_a_sentence_or_is_read(tmp_path: Path, name: str, coding: str) -> None:
    path = saved(tmp_path, name, FILES[name].decode().encode(coding, "replace"))
    found = tried(READERS[name], path)
    assert found is REFUSED or found
