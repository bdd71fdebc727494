"""Office files that must not be opened."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from procedures_catalog.importers import archive, cells, ole
from procedures_catalog.importers.archive import Package
from procedures_catalog.importers.record import Unreadable

from . import office

LIST = [["Mã số", "Tên"], ["1.999001", "Cấp thẻ đọc sách"]]


def zipped(parts: dict[str, bytes]) -> bytes:
    """A zip packed as tightly as it can be."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return target.getvalue()


def refused(data: bytes) -> str:
    """The sentence with which a package is refused."""
    with pytest.raises(Unreadable) as refusal:
        Package(data, "a.docx").read("b")
    return str(refusal.value)


def test_a_bomb_by_ratio_is_refused() -> None:
    assert "zip bomb" in refused(zipped({"b": bytes(8 * 2**20)}))


def test_a_part_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LARGEST_PART", 1000)
    assert "far more than a list needs" in refused(zipped({"b": b"x" * 1001}))


def test_a_whole_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LARGEST_WHOLE", 1000)
    assert "far more than a list needs" in refused(zipped({"b": b"x" * 600, "c": b"x" * 600}))


def test_too_many_parts_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_PARTS", 3)
    assert "more than 3 parts" in refused(zipped({str(number): b"" for number in range(4)}))


def test_a_size_that_is_a_lie_is_refused() -> None:
    data = zipped({"b": b"x" * 5000})
    lying = data.replace(struct.pack("<I", 5000), struct.pack("<I", 10))
    assert lying != data
    assert "damaged" in refused(lying)


def test_an_encrypted_part_is_refused() -> None:
    data = bytearray(zipped({"b": b"x"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert "without a password" in refused(bytes(data))


def test_a_strange_packing_is_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_LZMA) as package:
        package.writestr("b", b"x" * 100)
    assert "packed in a way" in refused(target.getvalue())


@pytest.mark.parametrize("name", ["xl/vbaProject.bin", "word/VBAPROJECT.BIN"])
def test_macros_are_refused(name: str) -> None:
    assert "macros" in refused(office.package({name: b"x"}))


def test_a_macro_type_is_refused() -> None:
    kind = "application/vnd.ms-word.document.macroEnabled.main+xml"
    assert "macros" in refused(office.package({"b": b"x"}, kind))


@pytest.mark.parametrize("length", [5, 40, 200])
def test_a_cut_off_file_is_refused(length: int) -> None:
    assert "download it again" in refused(office.sheet(LIST)[:length])


def test_a_part_without_a_name_is_harmless() -> None:
    data = zipped({"b": b"inside", "c": b"x"})
    central = data.rindex(b"PK\x01\x02")
    nameless = bytearray(data)
    nameless[central + 46] = ord("/")
    assert Package(bytes(nameless), "a.docx").read("b") == b"inside"
    struct.pack_into("<HH", nameless, central + 28, 0, 1)
    assert Package(bytes(nameless), "a.docx").read("b") == b"inside"


def test_names_of_parts_are_never_paths() -> None:
    data = zipped({"../../etc/b": b"inside"})
    assert Package(data, "a.docx").read("../../etc/b") == b"inside"


def test_a_document_type_is_refused_before_its_entities() -> None:
    laughs = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><l>&b;</l>'
    with pytest.raises(Unreadable, match="document type"):
        Package(zipped({"b": laughs}), "a.docx").tree("b")
    with pytest.raises(Unreadable, match="document type"):
        Package(zipped({"b": laughs}), "a.docx").scan("b", lambda tag, attributes: None)


def test_a_sheet_over_all_columns_is_refused_before_it_is_laid_out() -> None:
    data = office.replaced(office.sheet(LIST), "xl/worksheets/sheet1.xml", b'r="B2"', b'r="XFD1048576"')
    with pytest.raises(Unreadable, match="too many cells"):
        cells.book(data, "a.xlsx")


def test_a_sheet_linked_from_outside_is_not_followed() -> None:
    data = office.replaced(
        office.sheet(LIST),
        "xl/_rels/workbook.xml.rels",
        b'Target="/xl/worksheets/sheet1.xml"',
        b'TargetMode="External" Target="file:///etc/hosts"',
    )
    with pytest.raises(Unreadable, match="a sheet is missing"):
        cells.book(data, "a.xlsx")


def test_an_old_excel_file_is_let_through() -> None:
    book = cells.book(office.old_sheet([["Mã số", "Tên"], [1.00119, "A"]]), "a.xls")
    assert book.sheets[0].rows == [["Mã số", "Tên"], ["1.001190", "A"]]


@pytest.mark.parametrize(
    ("stream", "words"),
    [
        ("EncryptedPackage", "password"),
        ("_VBA_PROJECT_CUR", "macros"),
        ("WordDocument", "save it as .docx"),
        ("PowerPoint Document", "save the list as .xlsx"),
    ],
)
def test_other_old_files_are_refused(stream: str, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        ole.inspect(office.container({stream: b"x"}), "a.doc")


def test_a_password_on_an_old_excel_file_is_told() -> None:
    with pytest.raises(Unreadable, match="password"):
        ole.inspect(office.old_sheet([["a"]], first=office.record(ole.FILEPASS, bytes(6))), "a.xls")


@pytest.mark.parametrize(
    "more",
    [
        office.record(ole.DIMENSIONS, struct.pack("<IIHHH", 0, 0xFFFFFFFF, 0, 256, 0)),
        office.record(ole.SST, struct.pack("<II", 1, 0xFFFFFFFF)),
        office.record(0x0203, struct.pack("<HHHd", 0, 0xFFFF, 0, 1.0)),
        office.record(ole.BOUNDSHEET, bytes(3)),
    ],
)
def test_absurd_sizes_in_an_old_excel_file_are_refused(more: bytes) -> None:
    with pytest.raises(Unreadable, match="claims sizes"):
        cells.book(office.old_sheet([["a"]], more), "a.xls")


def test_a_loop_in_an_old_file_is_refused() -> None:
    data = bytearray(office.old_sheet([["a"]]))
    table = (struct.unpack_from("<I", data, 76)[0] + 1) * 512
    struct.pack_into("<I", data, table + 4 * 3, 1)
    with pytest.raises(Unreadable, match="damaged"):
        ole.inspect(bytes(data), "a.xls")


@pytest.mark.parametrize("length", [8, 100, 600, 3000, 5000])
def test_a_cut_off_old_file_is_refused(length: int) -> None:
    with pytest.raises(Unreadable, match="damaged"):
        ole.inspect(office.old_sheet([["a", "b"]])[:length], "a.xls")
