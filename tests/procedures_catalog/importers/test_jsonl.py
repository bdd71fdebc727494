"""The reader of JSON Lines, with whatever may be wrong in such a file."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from procedures_catalog.importers import jsonl
from procedures_catalog.importers.record import Problem, SourceRecord, Unreadable
from procedures_catalog.model import WayName

LINE: dict[str, Any] = {
    "code": "1.000001",
    "name": " Thủ tục ví dụ ",
    "field": "Đất đai",
    "level": ["xã"],
    "agency": "Cơ quan A",
    "decision": "1/QĐ-VD",
    "type": "Loại khác",
    "subjects": ["Công dân"],
    "steps": ["Bước 1"],
    "channels": [{"mode": "direct", "time_limit": "5 Ngày", "fee": "Miễn phí", "note": "n"}],
    "documents": [{"case": "--", "name": "Tờ khai", "original": 1, "copy": None, "form": ""}],
    "result": ["Giấy"],
    "legal_basis": [{"code": "1/2020/NĐ-CP", "name": "Nghị định", "issued": "2020", "issuer": "CP"}],
    "url": "https://example.org/1",
    "flags": ["duplicate_name", "no_agency"],
    "source": {"site": "thutuc.example (cũ)", "date": "2026-06-10"},
}


def line(**changes: Any) -> bytes:
    return json.dumps({**LINE, **changes}, ensure_ascii=False).encode()


def read(path: Path, content: bytes) -> tuple[list[SourceRecord], list[Problem]]:
    path.write_bytes(content)
    found = list(jsonl.read(path))
    return (
        [item for item in found if isinstance(item, SourceRecord)],
        [item for item in found if isinstance(item, Problem)],
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vd.jsonl"


def test_a_whole_record(path: Path) -> None:
    (record,), problems = read(path, line() + b"\n")
    assert (record.code, record.name, record.levels) == ("1.000001", "Thủ tục ví dụ", ("xã",))
    assert record.channels[0].way is WayName.IN_PERSON
    assert (record.papers[0].case, record.papers[0].original, record.papers[0].copies) == ("", 1, None)
    assert record.laws[0].number == "1/2020/NĐ-CP"
    assert (record.source_url, record.source_date.isoformat()) == ("https://thutuc.example", "2026-06-10")
    assert record.where == "vd.jsonl, line 1"
    assert [problem.message for problem in problems] == ["whoever made the file marks the record: duplicate name"]


@pytest.mark.parametrize("name", ["vd.jsonl.gz", "vd.txt"])
def test_gzip_is_known_by_its_content(tmp_path: Path, name: str) -> None:
    records, _ = read(tmp_path / name, gzip.compress(line()))
    assert len(records) == 1


def test_a_mark_at_the_beginning_and_empty_lines_are_no_fault(path: Path) -> None:
    records, problems = read(path, b"\xef\xbb\xbf" + line(flags=[]) + b"\r\n\n  \n")
    assert (len(records), problems) == (1, [])


@pytest.mark.parametrize(
    ("bad", "part", "message"),
    [
        (b"{", "line", "the line is not JSON"),
        (b'"text"', "line", "not a JSON object"),
        (b"[" * 200_000, "line", "nested too deeply"),
        (b'{"code": ' + b"9" * 5000 + b"}", "line", "number too long"),
        (line(name="Đất").replace("Đ".encode(), b"\xff"), "line", "not UTF-8"),
        (b'{"code": "1.000002", "name": "\\ud800"}', "line", "half a character"),
        (line(code=""), "code", "no code"),
        (line(code=None), "code", "no code"),
        (line(code=7), "code", "no code"),
        (line(code="1.00001"), "code", "six digits"),
        (line(code="1.000001.000.00.00.H37"), "code", "six digits"),
        (line(code="1.000002", name=" "), "name", "no name"),
        (line(code="1.000002", source={}), "source", "source.date"),
        (line(code="1.000002", source={"date": "10/06/2026"}), "source", "source.date"),
        (line(code="1.000002", source="web"), "source", "source.date"),
    ],
)
def test_a_bad_line_is_told_and_the_others_are_read(path: Path, bad: bytes, part: str, message: str) -> None:
    records, problems = read(path, bad + b"\n" + line(flags=[]))
    assert [record.where for record in records] == ["vd.jsonl, line 2"]
    (lost,) = [problem for problem in problems if problem.lost]
    assert (lost.where, lost.part) == ("vd.jsonl, line 1", part)
    assert message in lost.message


@pytest.mark.parametrize(
    ("changes", "part", "kept"),
    [
        ({"surprise": 1}, "surprise", True),
        ({"steps": "Bước 1"}, "steps", True),
        ({"steps": ["Bước 1", 2]}, "steps", True),
        ({"field": 3}, "field", True),
        ({"channels": {}}, "channels", False),
        ({"channels": ["x"]}, "channels", False),
        ({"channels": [{"mode": "fax", "time_limit": "", "fee": ""}]}, "channels", False),
        ({"documents": [{"name": "A", "original": -1}]}, "papers", True),
        ({"documents": [{"name": "A", "original": True}]}, "papers", True),
        ({"documents": [{"name": "A", "copy": "2"}]}, "papers", True),
        ({"legal_basis": [{"code": "1", "name": "A", "page": 3}]}, "legal_basis", True),
    ],
)
def test_odd_keys_and_types_are_told_and_the_record_is_kept(
    path: Path, changes: dict[str, Any], part: str, kept: bool
) -> None:
    (record,), (problem,) = read(path, line(**{"flags": [], **changes}))
    assert (problem.part, problem.lost, problem.code) == (part, False, "1.000001")
    assert bool(record.channels) == kept


def test_what_a_draft_has_no_place_for_stays_with_the_original(path: Path) -> None:
    law = {"code": "1/2026/NĐ-CP", "name": "A", "issued": "01-02-2026", "issuer": "Chính phủ"}
    said = {"delegated": "Cơ quan C", "ministry": "Bộ D", "flags": ["no_documents"]}
    (record,), problems = read(path, line(**{**said, "legal_basis": [law]}))
    assert record.extra == said
    assert (record.laws[0].issued, record.laws[0].issuer) == ("01-02-2026", "Chính phủ")
    assert not problems


def test_one_code_with_two_decisions_keeps_the_newer(path: Path) -> None:
    newer = line(decision="2/QĐ-VD", source={"date": "2026-07-01"}, flags=[])
    records, (problem,) = read(path, line(flags=[]) + b"\n" + newer)
    assert [record.decision for record in records] == ["2/QĐ-VD"]
    assert problem.lost
    assert problem.where == "vd.jsonl, line 1"
    assert "1/QĐ-VD" in problem.message
    assert "2/QĐ-VD" in problem.message


def test_of_the_same_date_the_first_counts(path: Path) -> None:
    records, problems = read(path, line(flags=[]) + b"\n" + line(decision="2/QĐ-VD", flags=[]))
    assert [record.decision for record in records] == ["1/QĐ-VD"]
    assert [(problem.lost, problem.where) for problem in problems] == [(True, "vd.jsonl, line 2")]


def test_a_bad_line_does_not_stand_for_its_code(path: Path) -> None:
    bad = line(name="", source={"date": "2027-01-01"})
    records, problems = read(path, bad + b"\n" + line(flags=[]))
    assert len(records) == 1
    assert [problem.part for problem in problems if problem.lost] == ["name"]


def test_a_cut_off_archive_gives_what_is_whole_and_tells_the_rest(path: Path) -> None:
    lines = b"".join(line(code=f"1.{i:06}", name=f"Thủ tục {i * 7919}") + b"\n" for i in range(4000))
    records, problems = read(path, gzip.compress(lines)[:-2000])
    assert 0 < len(records) < 4000
    assert problems[-1].lost
    assert "cut off" in problems[-1].message


def test_a_damaged_archive_is_told(path: Path) -> None:
    packed = bytearray(gzip.compress(line(flags=[]) + b"\n"))
    packed[-8] ^= 0xFF
    _, problems = read(path, bytes(packed))
    assert [problem.lost for problem in problems] == [True]


def test_a_bomb_is_refused_before_anything_is_given(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "LARGEST", 100_000)
    monkeypatch.setattr(jsonl, "LONGEST_LINE", 10_000)
    for content in (line() + b"\n" + b" " * 200_000, (line() + b"\n") * 300):
        path.write_bytes(gzip.compress(content))
        with pytest.raises(Unreadable, match="nothing was imported"):
            next(iter(jsonl.read(path)))


def test_an_endless_line_is_left_out(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "LONGEST_LINE", 5_000)
    records, problems = read(
        path, line(flags=[]) + b"\n" + b"x" * 12_000 + b"\n" + line(code="1.000002", flags=[])
    )
    assert [record.where for record in records] == ["vd.jsonl, line 1", "vd.jsonl, line 3"]
    assert [(problem.where, problem.lost) for problem in problems] == [("vd.jsonl, line 2", True)]


@pytest.mark.parametrize(
    ("content", "message"), [(b"", "is empty"), ("{}".encode("utf-16"), "UTF-16"), (None, "cannot be read")]
)
def test_a_file_that_cannot_be_read_at_all(path: Path, content: bytes | None, message: str) -> None:
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Unreadable, match=message):
        list(jsonl.read(path))
