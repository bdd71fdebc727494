"""The slips an editor really makes: each is found, at its place, in words that say what is wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from textwrap import dedent

import pytest

from procedures_catalog.lint import RULES, check
from procedures_catalog.lint.spelling import possible
from procedures_catalog.load import SHIPPED

from .folders import edit, write
from .sound import BIRTH, FATHER, SOUND, STAY
from .test_lint import PLANTED, TODAY

_MATTERS = {
    "1.002001": ("Đăng ký khai tử", "Báo người đã qua đời.", "báo tử cho ông nội", "Trích lục khai tử"),
    "1.002002": ("Đăng ký giám hộ", "Cử người trông nom trẻ mồ côi.", "nuôi cháu mồ côi", "Trích lục giám hộ"),
    "1.002003": ("Thay đổi họ, chữ đệm", "Sửa họ hoặc chữ đệm.", "thay họ theo mẹ kế", "Trích lục thay đổi"),
    "1.002004": ("Ghi chú ly hôn", "Ghi việc bỏ nhau ở hải ngoại.", "bỏ nhau bên Đức", "Trích lục ghi chú"),
    "1.002005": ("Xác định lại dân tộc", "Chọn lại dân tộc.", "chọn dân tộc Tày", "Trích lục dân tộc"),
}


def _record(code: str, name: str, plain: str, said: str, result: str) -> str:
    record = dedent(SOUND[FATHER]).replace("1.001191", code).replace("Đăng ký nhận cha, mẹ, con", name, 1)
    record = record.replace("Ghi tên cha, mẹ vào giấy tờ của con.", plain).replace("nhận cha cho con", said)
    record = record.replace("[Trích lục đăng ký nhận cha, mẹ, con]", f"[{result}]")
    return record.replace(
        "{set_by: province, note: Ông/bà hỏi nơi nộp hồ sơ.}",
        "{set_by: law, amount: 8000, per: bản sao, note: Theo Thông tư 281/2016/TT-BTC.}",
    ).replace(
        "{number: 123/2015/NĐ-CP, name: Nghị định thi hành Luật Hộ tịch}",
        "{number: 60/2014/QH13, name: Luật Hộ tịch}",
    )


def _file(code: str) -> str:
    return f"procedures/civil_status/{code}.yaml"


WIDE = SOUND | {_file(code): _record(code, *words) for code, words in _MATTERS.items()}
DEATH, GUARD = _file("1.002001"), _file("1.002002")
EVENTS, WORDS, LAWS, DAYS = "life_events.yaml", "vocabulary.yaml", "laws.yaml", "calendar.yaml"
FEE = "amount: 8000"
CULTURE = "2027-11-24, kind: holiday, name: Ngày Văn hóa"
ONLINE = "online: {offered: true}"
PASSED = "valid_from: 2026-09-01"

SLIPS = [
    # ways
    ("way-untold", STAY, "  - {set_by: law, amount: 20000, way: in_person}\n", ""),
    ("way-untold", STAY, "amount: 7,", "amount: 7, way: online,"),
    ("way-words", BIRTH, "xem thủ tục 1.001191.", "hỏi xã. Không làm được qua mạng."),
    ("way-words", BIRTH, "plain: Ghi tên con vào sổ hộ tịch.", "plain: Ghi tên con, không nộp được trực tuyến."),
    ("way-words", STAY, "result: [Thông báo kết quả]", "result: ['Thông báo kết quả, không nhận qua bưu điện']"),
    ("way-words", BIRTH, "  - Muốn ghi tên cha", "  - Thủ tục này chỉ nộp trực tiếp.\n  - Muốn ghi tên cha"),
    ("way-words", BIRTH, ONLINE, "online: {offered: true, note: Nộp qua bưu điện đến xã.}"),
    ("way-words", BIRTH, ONLINE, "online: {offered: true, note: Nộp tại Trung tâm Phục vụ hành chính công.}"),
    ("way-words", STAY, "post: {offered: true}", "post: {offered: true, note: Nộp trên Cổng Dịch vụ công.}"),
    ("way-level", BIRTH, ONLINE, "online: {offered: true, level: full, note: Hai người phải cùng đến ký.}"),
    ("office-level", BIRTH, "name: Đăng ký khai sinh", "name: Đăng ký khai sinh (thực hiện tại cấp tỉnh)"),
    # fees
    ("fee-wording", BIRTH, FEE, f"{FEE}\n    note: Bằng 50% mức 50.000 đồng."),
    ("fee-wording", BIRTH, FEE, f"{FEE}\n    note: Giảm 20% mức 20.000 đồng."),
    ("fee-wording", BIRTH, FEE, f"{FEE}\n    note: Mức thu 80.000 đồng. Trẻ em thì xem thêm."),
    ("fee-high", BIRTH, FEE, "amount: 8000000"),
    ("fee-high", STAY, "amount: 20000", "amount: 200000"),
    (
        "fee-wording",
        BIRTH,
        FEE,
        "amount: 25000\n    valid_to: 2026-12-31\n    note: Bằng 50% mức 50.000 đồng.\n"
        "  - set_by: law\n    valid_from: 2027-01-01\n    amount: 500000",
    ),
    (
        "limit-implausible",
        STAY,
        "amount: 7,",
        "amount: 3, way: online}\n  - {unit: working_day, way: post, amount: 30,",
    ),
    ("way-words", FATHER, "online: {offered: false}", "online: {offered: false, note: Đăng nhập VNeID rồi khai.}"),
    ("office-level", "signposts/all.yaml", "  ask:", "  level: commune\n  ask:"),
    ("choice-code", WORDS, "text: cấp lại khai sinh", "code: 1.001190"),
    ("fee-below-1000", BIRTH, FEE, "amount: 8.000"),
    ("fee-odd", DEATH, FEE, "amount: 80000"),
    ("fee-law", BIRTH, FEE, f"{FEE}\n    {PASSED}\n    valid_to: 2027-06-30\n    note: Theo 64/2025/TT-BTC."),
    ("fee-law", BIRTH, FEE, f"{FEE}\n    note: Theo Thông tư 64/2025/TT-BTC."),
    # codes that exist
    ("event-code", EVENTS, "code: 1.001190", "code: 1.001192"),
    ("covers-code", EVENTS, "bé.}", "bé., covers: [1.002004]}"),
    ("covers-code", EVENTS, "bé.}", "bé., covers: [1.001191, 1.001191]}"),
    ("choice-code", WORDS, "code: 1.001190", "code: 1.001192"),
    ("replaces-code", DEATH, "code: 1.002001", "code: 1.002001\nreplaces: [9.000009]"),
    ("words-other", STAY, "plain: Ghi nơi ở lâu dài.", "plain: Cử người trông nom trẻ mồ côi."),
    ("words-other", STAY, "everyday: [nhập hộ khẩu]", "everyday: [nhập hộ khẩu, cử người trông nom trẻ mồ côi]"),
    # who, decided_by, office, result
    ("decided-by", BIRTH, "decided_by: Ủy ban nhân dân cấp xã", "decided_by: Cha hoặc mẹ."),
    ("who", BIRTH, "who: Cha hoặc mẹ.", "who: Ủy ban nhân dân cấp xã"),
    ("result-paper", BIRTH, "  - Giấy khai sinh", "  - Tờ khai đăng ký khai sinh"),
    ("result-paper", BIRTH, "  - name: Giấy chứng sinh", "  - name: Giấy khai sinh"),
    ("result-paper", BIRTH, "  - Giấy khai sinh", "  - Giấy khai sinh\n  - Giấy khai sinh"),
    ("office-decides", STAY, "office: commune_police", "office: office_justice"),
    ("office-decides", STAY, "decided_by: Công an cấp xã", "decided_by: Bảo hiểm xã hội cơ sở"),
    ("office-odd", DEATH, "office: office_justice", "office: commune_police"),
    ("office-name", "offices.yaml", "name: Công an xã Mẫu", "name: Công an xã Khác"),
    ("office-name", "offices.yaml", "name: Văn phòng xã Mẫu", "name: Bảo hiểm xã hội"),
    # laws
    ("law-table", LAWS, "valid_from: 2026-01-01", "valid_from: 2026-03-01"),
    ("law-table", LAWS, "valid_to: 2025-12-31", "valid_to: 2026-06-30"),
    ("law-table", LAWS, "valid_from: 2026-01-01", "valid_from: 2020-01-01"),
    ("law-table", LAWS, "replaced_by: 356/2025/NĐ-CP", "replaced_by: 357/2025/NĐ-CP"),
    ("law-table", LAWS, "number: 64/2025/TT-BTC", "number: 013/2023/NĐ-CP"),
    ("law-table", LAWS, "number: 64/2025/TT-BTC", "number: 60/2014/QH13"),
    ("law-name", DEATH, "number: 60/2014/QH13", "number: 61/2014/QH13"),
    ("law-name", DEATH, "name: Luật Hộ tịch", "name: Luật Xây dựng nhà ở"),
    # doors
    ("door-swallows", "emergencies.yaml", "bị cướp", "khai sinh"),
    ("everyday-door", "emergencies.yaml", "bị cướp", "mồ côi"),
    ("door-word", "own_law.yaml", "[tố cáo]", "[tố cáo, Tố cáo]"),
    # papers, cases, names
    (
        "case-unused",
        BIRTH,
        "  - name: Đơn trình bày\n    original: 1",
        "  - name: Đơn trình bày\n    original: 1\n    valid_to: 2026-06-30",
    ),
    ("note-twice", BIRTH, "notes:\n", "notes:\n  - Muốn ghi tên cha thì xem thủ tục 1.001191.\n"),
    ("plain-is-name", BIRTH, "plain: Ghi tên con vào sổ hộ tịch.", "plain: Thủ tục đăng ký khai sinh."),
    ("plain-is-name", BIRTH, "plain: Ghi tên con vào sổ hộ tịch.", "plain: Cha hoặc mẹ."),
    ("name-shared", FATHER, "name: Đăng ký nhận cha, mẹ, con", "name: Thủ tục đăng ký khai sinh"),
    # words
    ("text-syllable", BIRTH, "who: Cha hoặc mẹ.", "who: Cha hoặc mẹ đựơc ghi tên."),
    ("text-syllable", BIRTH, "  - làm khai sinh", "  - làm giâý khai sinh"),
    # search, topics, sources
    ("rewrite-lost", WORDS, "gks: giấy khai sinh", "gks: giấy khai xinh"),
    ("phrase-firm", WORDS, "[mất thẻ ngân hàng]", "[làm khai sinh], firm: true"),
    ("source-date", DEATH, "date: 2026-06-10", "date: 2026-10-06"),
    ("decision-odd", DEATH, "decision: 163/QĐ-BTP", "decision: 163/QĐ-BCA"),
    # calendar, place
    ("calendar-day", DAYS, CULTURE, "2027-05-03, kind: in_lieu, name: Nghỉ bù"),
    ("calendar-day", DAYS, CULTURE, "2027-02-08, kind: holiday, name: Tết Nguyên đán"),
    ("calendar-day", DAYS, CULTURE, "2027-04-18, kind: holiday, name: Giỗ Tổ"),
    ("calendar-day", DAYS, CULTURE, "2027-04-29, kind: holiday, name: Giải phóng"),
    ("calendar-week", DAYS, "closes: 17:00", "closes: 23:00"),
    ("feedback-limits", "limits.yaml", "amount: 8, unit: working_hour", "amount: 15, unit: working_day"),
    ("role", "roles.yaml", "name: Sở Nội vụ", "name: Tư pháp"),
    (
        "place-unit",
        "places.yaml",
        "- {id: xa-mau,",
        '- {id: xa-mot, name: xã Một, kind: commune, code: "14053", parent: tinh-mau, source: x}\n- {id: xa-mau,',
    ),
]


RIGHT = (
    "giấy",
    "được",
    "nghiệp",
    "quyền",
    "khuỷu",
    "giếng",
    "gìn",
    "hươu",
    "uỷ",
    "ủy",
    "hoà",
    "hòa",
    "đkkh",
    "học",
)
WRONG = ("giâý", "đựơc", "đưọc", "nghĩệp", "thủu", "đuợc", "trươờng", "thuỷê", "giấyy", "khộnq", "hôg")


@pytest.fixture
def wide(tmp_path: Path) -> Path:
    return write(tmp_path / "mau", WIDE)


def test_the_wide_catalog_has_no_faults(wide: Path) -> None:
    assert check([wide], TODAY) == []


@pytest.mark.parametrize(("rule", "name", "old", "new"), SLIPS, ids=[f"{s[0]}-{i}" for i, s in enumerate(SLIPS)])
def test_a_slip_is_found_in_its_file(wide: Path, rule: str, name: str, old: str, new: str) -> None:
    edit(wide, name, old, new)
    found = [fault for fault in check([wide], TODAY) if fault.rule == rule]
    assert found
    assert wide / name in {fault.file for fault in found} or rule == "everyday-door"


def test_every_rule_is_planted_somewhere() -> None:
    untested = {rule.id for rule in RULES} - {rule for rule, *_ in (*PLANTED, *SLIPS)}
    own = {"file-unread", "draft", "topic-office", "override-unknown", "override-shrinks", "override-same"}
    assert untested == own, "these have tests of their own"


def test_the_cause_is_guessed(wide: Path) -> None:
    edit(wide, BIRTH, FEE, "amount: 2.000")
    (fault,) = check([wide], TODAY)
    assert "“2.000” is read as 2; write 2000" in fault.message
    edit(wide, BIRTH, "amount: 2.000", "amount: 80000\n    note: Mức thu 8.000 đồng.")
    (fault,) = check([wide], TODAY)
    assert fault.message == "The words say 8,000, not 80,000 đồng. There is 1 zero too many."


@pytest.mark.parametrize(
    ("name", "online", "said"),
    [
        ("Khai sinh trực tuyến một phần", "offered: true, level: full", "`level` is full, but the name says"),
        ("Khai sinh trực tuyến toàn trình", "offered: true, level: partial", "`level` is partial, but the name"),
        ("Khai sinh trực tuyến toàn trình", "offered: false", "Online is not offered, but the name says"),
    ],
)
def test_the_name_says_how_far_one_gets_online(wide: Path, name: str, online: str, said: str) -> None:
    edit(wide, BIRTH, "name: Đăng ký khai sinh", f"name: {name}")
    edit(wide, BIRTH, "online: {offered: true}", f"online: {{{online}}}")
    assert any(said in fault.message for fault in check([wide], TODAY) if fault.rule == "way-level")


def test_a_code_a_digit_away_is_offered(wide: Path) -> None:
    say = "1.002001, say: Cử người giám hộ trông nom trẻ mồ côi."
    edit(wide, EVENTS, "1.001190, say: Làm giấy khai sinh cho bé.", say)
    (fault,) = check([wide], TODAY)
    assert fault.rule == "event-code"
    assert "Did you mean 1.002002 (Đăng ký giám hộ)?" in fault.mend


def test_messages_name_the_way_and_the_bound(wide: Path) -> None:
    edit(wide, BIRTH, FEE, f"{FEE}\n    way: post")
    told = [fault.message for fault in check([wide], TODAY) if fault.rule == "way-not-offered"]
    assert told == ["A fee is given for filing by post (post), but filing by post (post) is not offered."]
    edit(wide, GUARD, "who: Cha, mẹ hoặc con.", f"who: {'Cha, mẹ hoặc con. ' * 20}")
    (told_long,) = [fault.message for fault in check([wide], TODAY) if fault.rule == "text-long"]
    assert told_long == "The text has 359 characters; at most 350 fit in the head of a card."


def test_a_word_that_swallows_many_names_is_one_line(wide: Path) -> None:
    edit(wide, "own_law.yaml", "tố cáo", "khai sinh")
    edit(wide, BIRTH, "  - làm khai sinh", "  - làm khai sinh\n  - khai sinh muộn")
    (fault,) = [fault for fault in check([wide], TODAY) if fault.rule in ("door-swallows", "everyday-door")]
    assert (fault.file.name, fault.rule) == ("own_law.yaml", "door-swallows")
    assert "stands in 2 everyday names, such as “làm khai sinh” of 1.001190" in fault.message


def test_a_name_of_another_layer_is_told_of_at_the_name(wide: Path, tmp_path: Path) -> None:
    over = write(tmp_path / "noi", {BIRTH: "code: 1.001190\neveryday: [tố cáo khai sinh giả, tố cáo giấy giả]\n"})
    found = [fault for fault in check([wide, over], TODAY) if fault.rule == "everyday-door"]
    assert [fault.file for fault in found] == [over / BIRTH, over / BIRTH]


def test_a_law_of_many_records_is_one_line_in_the_table(wide: Path) -> None:
    law = "- {number: 60/2014/QH13, name: Luật Hộ tịch, valid_to: 2026-01-31, source: x}"
    edit(wide, LAWS, "- {number: 64", f"{law}\n- {{number: 64")
    (fault,) = [fault for fault in check([wide], TODAY) if fault.rule == "law-ended"]
    assert fault.file.name == "laws.yaml"
    assert "6 records still cite it" in fault.message


def test_a_contradiction_of_the_table_is_not_repeated_at_records(wide: Path) -> None:
    edit(wide, FATHER, "number: 123/2015/NĐ-CP", "number: 13/2023/NĐ-CP")
    edit(wide, LAWS, "valid_from: 2026-01-01", "valid_from: 2026-03-01")
    assert [fault.rule for fault in check([wide], TODAY)] == ["law-table"]


def test_what_a_deployment_lays_over_the_shipped(wide: Path, tmp_path: Path) -> None:
    edit(wide, "emergencies.yaml", "[bị cướp]", "[bị cướp, có trộm, bị bắt cóc, bị đánh]")
    over = write(
        tmp_path / "noi",
        {
            "procedures/1.001910-sai.yaml": "code: 1.001910\nnotes: [Mang theo ảnh.]\n",
            BIRTH: "code: 1.001190\ndecided_by: Ủy ban nhân dân cấp xã\nnotes: []\n",
            "emergencies.yaml": '- {number: "113", words: [bị chém]}\n',
        },
    )
    found = [fault for fault in check([wide, over], TODAY) if fault.rule.startswith("override")]
    assert [(fault.rule, fault.file.name, fault.line) for fault in found] == [
        ("override-shrinks", "emergencies.yaml", 1),
        ("override-unknown", "1.001910-sai.yaml", 1),
        ("override-same", "1.001190-khai-sinh.yaml", 2),
        ("override-shrinks", "1.001190-khai-sinh.yaml", 3),
    ]
    assert "Did you mean `1.001190`?" in found[1].mend
    assert "drops 4 of the 4 entries" in found[0].message


def test_a_topic_whose_office_is_not_here(wide: Path) -> None:
    for number, role in enumerate(("health_station", "military_command")):
        added = f"- {{id: {role}, name: Cơ quan {number}, level: commune}}"
        edit(wide, "roles.yaml", "- {id: emergency", f"{added}\n- {{id: emergency")
    edit(
        wide,
        "offices.yaml",
        "- id: xa-mau:commune_police",
        "- {id: 'xa-mau:military_command', role: military_command, name: Ban xã Mẫu, address: xã Mẫu, "
        "phone: 0228 3 123 458, source: x}\n- id: xa-mau:commune_police",
    )
    edit(wide, "topics.yaml", "Rác thải, role: office_justice", "Rác thải, role: health_station")
    (fault,) = check([wide], TODAY)
    assert (fault.rule, fault.message) == ("topic-office", "No office here plays `health_station`.")


@pytest.mark.parametrize("word", RIGHT)
def test_syllables_that_are_right(word: str) -> None:
    assert possible(word)


@pytest.mark.parametrize("word", WRONG)
def test_syllables_that_are_not(word: str) -> None:
    assert not possible(word)


def test_none_of_these_fires_on_the_shipped_catalog() -> None:
    rules = {rule for rule, *_ in SLIPS} - {rule for rule, *_ in PLANTED}
    assert [fault for fault in check([SHIPPED], date(2026, 11, 22)) if fault.rule in rules] == []
