"""Each rule of the lint fires where it should, and nowhere in a sound catalog."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from procedures_catalog.lint import RULES, check
from procedures_catalog.load import SHIPPED

from .folders import edit, write
from .sound import BIRTH, CODE, FATHER, SOUND, STAY

DEMO = Path(__file__).parents[2] / "deployments" / "xa-truc-ninh"
DOCS = Path(__file__).parents[2] / "docs" / "catalog-lint.md"
TODAY = date(2026, 11, 22)

PLANTED = [
    # what is missing, implausible or contradicts itself
    ("limit-unit", BIRTH, "  - unit: working_day\n    amount: 5", "  - unit: unknown"),
    ("limit-unit", BIRTH, "unit: working_day", "unit: unknown"),
    ("limit-amount", BIRTH, "    amount: 5\n", ""),
    ("limit-amount", BIRTH, "unit: working_day", "unit: same_day"),
    ("limit-implausible", BIRTH, "amount: 5\n", "amount: 500\n"),
    ("limit-contradiction", BIRTH, "time_limits:\n", "time_limits:\n  - {unit: day, amount: 9}\n"),
    ("limit-contradiction", BIRTH, "time_limits:\n", "time_limits:\n  - {unit: working_day, amount: 5}\n"),
    (
        "limit-channels",
        STAY,
        "amount: 7,",
        "amount: 7, way: post}\n  - {unit: working_day, way: online, amount: 9,",
    ),
    ("limit-wording", STAY, "amount: 7,", "amount: 5,"),
    ("limit-wording", STAY, "unit: working_day", "unit: day"),
    ("limit-wording", BIRTH, "amount: 5\n", "amount: 5\n    note: Tối đa 5 ngày.\n"),
    ("fee-unknown", BIRTH, "set_by: law\n    amount: 8000", "set_by: unknown"),
    ("fee-amount", BIRTH, "    amount: 8000\n", ""),
    ("fee-below-1000", BIRTH, "amount: 8000", "amount: 8"),
    ("fee-below-1000", BIRTH, "amount: 8000", "amount: 8001"),
    ("fee-implausible", BIRTH, "amount: 8000", "amount: 80000000"),
    ("fee-free-but", BIRTH, "amount: 8000", "amount: 0\n    note: Mức thu do HĐND tỉnh quyết định."),
    ("fee-province-amount", BIRTH, "set_by: law", "set_by: province"),
    ("fee-set-by", BIRTH, "amount: 8000", "amount: 8000\n    note: Do Hội đồng nhân dân cấp tỉnh quyết định."),
    ("fee-set-by", BIRTH, "set_by: law", "set_by: unknown"),
    ("fee-contradiction", BIRTH, "fees:\n", "fees:\n  - {set_by: law, amount: 9000}\n"),
    ("fee-online-dearer", STAY, "amount: 10000", "amount: 30000"),
    ("fee-wording", BIRTH, "amount: 8000", "amount: 8000\n    note: Nộp 15.000 đồng."),
    ("fee-wording", BIRTH, "amount: 8000", "amount: 8000\n    wording: Miễn phí"),
    # days
    (
        "dates-reversed",
        BIRTH,
        "amount: 8000",
        "amount: 8000\n    valid_from: 2026-09-01\n    valid_to: 2026-01-01",
    ),
    ("dates-implausible", BIRTH, "amount: 8000", "amount: 8000\n    valid_to: 2206-01-01"),
    ("value-ended", BIRTH, "amount: 8000", "amount: 8000\n    valid_to: 2026-01-01"),
    ("paper-ended", FATHER, "original: 1}", "original: 1, valid_to: 2026-01-01}"),
    (
        "value-gap",
        BIRTH,
        "amount: 8000",
        "amount: 8000\n    valid_to: 2026-12-31\n  - {set_by: law, amount: 9000, valid_from: 2027-03-01}",
    ),
    (
        "fee-contradiction",
        BIRTH,
        "amount: 8000",
        "amount: 8000\n    valid_to: 2026-12-31\n    note: cũ\n"
        "  - {set_by: law, amount: 9000, valid_from: 2026-12-01, note: mới}",
    ),
    ("procedure-ended", BIRTH, CODE, f"{CODE}\nvalid_to: 2026-01-01"),
    ("replaces", BIRTH, CODE, f"{CODE}\nreplaces: [1.001190]"),
    ("replaces", BIRTH, CODE, f"{CODE}\nreplaces: [1.001191]"),
    ("replaces", BIRTH, CODE, f"{CODE}\nreplaces: [thủ tục cũ]"),
    ("source-stale", BIRTH, "date: 2026-06-10", "date: 2025-06-10"),
    ("source-stale", "signposts/all.yaml", "date: 2026-06-10", "date: 2025-06-10"),
    ("date-in-future", BIRTH, "date: 2026-06-10", "date: 2027-06-10"),
    ("source-old", BIRTH, "date: 2026-06-10", "date: 2006-06-10"),
    ("source-url", BIRTH, ', url: "https://dichvucong.gov.vn"', ""),
    ("confirmed-by", BIRTH, CODE, f"{CODE}\nconfirmed: {{by_office: Phòng Lạ, on: 2026-11-01}}"),
    ("date-in-future", BIRTH, CODE, f"{CODE}\nconfirmed: {{by_office: Trung tâm xã Mẫu, on: 2026-12-01}}"),
    (
        "confirmed-before-source",
        BIRTH,
        CODE,
        f"{CODE}\nconfirmed: {{by_office: Trung tâm xã Mẫu, on: 2026-01-01}}",
    ),
    (
        "confirmed-unknown",
        BIRTH,
        "set_by: law\n    amount: 8000",
        "set_by: unknown\n    confirmed: {by_office: Trung tâm xã Mẫu, on: 2026-11-01}",
    ),
    # laws
    ("law-number", BIRTH, "number: 60/2014/QH13", "number: 60-2014"),
    ("law-kind", BIRTH, "number: 60/2014/QH13", "number: 60/2014/NĐ-CP"),
    ("law-year", BIRTH, "number: 60/2014/QH13", "number: 60/2041/QH13"),
    ("law-twice", FATHER, "legal_basis:\n", "legal_basis:\n  - {number: 123/2015/NĐ-CP, name: Nghị định}\n"),
    ("law-ended", FATHER, "number: 123/2015/NĐ-CP", "number: 13/2023/NĐ-CP"),
    ("law-ended", FATHER, "nơi nộp hồ sơ.", "nơi nộp hồ sơ theo 13/2023/NĐ-CP."),
    ("law-ending", FATHER, "legal_basis:\n", "legal_basis:\n  - {number: 64/2025/TT-BTC, name: Thông tư}\n"),
    ("law-younger", FATHER, "legal_basis:\n", "legal_basis:\n  - {number: 81/2006/QH11, name: Luật Cư trú}\n"),
    ("law-table", "laws.yaml", "replaced_by: 356/2025/NĐ-CP", "replaced_by: 13/2023/NĐ-CP"),
    # links
    ("link-https", BIRTH, "link: https:", "link: http:"),
    ("link-https", BIRTH, "Muốn ghi tên cha thì", "Mở http://dichvucong.gov.vn rồi"),
    ("link-closed", BIRTH, "dichvucong.gov.vn/thu-tuc", "dichvucong.namdinh.gov.vn/thu-tuc"),
    ("link-closed", BIRTH, "/thu-tuc-hanh-chinh/", "/p/home/dvc.html?ma_thu_tuc="),
    ("link-closed", BIRTH, "Muốn ghi tên cha thì", "Nộp ở dichvucong.hanoi.gov.vn, hoặc"),
    ("link-foreign", BIRTH, "link: https://dichvucong.gov.vn/", "link: https://dichvucong.gov.vn.co/"),
    ("link-page", BIRTH, "-b9d6-5e9e20d6eef7", ""),
    (
        "link-shared",
        FATHER,
        "source:",
        "link: https://dichvucong.gov.vn/thu-tuc-hanh-chinh/019d2bfd-3fe0-70ac-b9d6-5e9e20d6eef7\nsource:",
    ),
    (
        "link-missing",
        BIRTH,
        "link: https://dichvucong.gov.vn/thu-tuc-hanh-chinh/019d2bfd-3fe0-70ac-b9d6-5e9e20d6eef7\n",
        "",
    ),
    # names
    ("everyday-shared", FATHER, "  - nhận cha cho con", "  - lam khai sinh"),
    ("everyday-shared", FATHER, "  - nhận cha cho con", "  - tôi muốn làm khai sinh"),
    ("everyday-shared", "signposts/all.yaml", "giấy của nơi khác]", "làm khai sinh]"),
    ("everyday-shared", "life_events.yaml", "vợ sắp sinh", "làm khai sinh"),
    ("everyday-shared", FATHER, "  - nhận cha cho con", "  - đăng ký thường trú"),
    ("everyday-twice", BIRTH, "  - làm khai sinh\n", "  - làm khai sinh\n  - Làm khai sinh\n"),
    ("everyday-general", BIRTH, "  - làm khai sinh\n", "  - giấy tờ\n"),
    ("everyday-general", BIRTH, "  - làm khai sinh\n", "  - sinh\n"),
    ("everyday-general", BIRTH, "  - làm khai sinh\n", "  - làm khai sinh\n  - ''\n"),
    ("everyday-long", BIRTH, "  - làm khai sinh\n", f"  - {'làm khai sinh cho con ' * 5}\n"),
    ("everyday-form", BIRTH, "  - làm khai sinh\n", "  - làm khai sinh (1.001190)\n"),
    ("everyday-door", BIRTH, "  - làm khai sinh\n", "  - tố cáo khai sinh giả\n"),
    ("vocabulary-stop", "vocabulary.yaml", "stop: [tôi]", "stop: [làm khai sinh]"),
    ("name-shared", FATHER, "name: Đăng ký nhận cha, mẹ, con", "name: Đăng ký khai sinh"),
    ("plain-is-name", BIRTH, "plain: Ghi tên con vào sổ hộ tịch.", "plain: Đăng ký khai sinh."),
    # papers and cases
    ("papers-none", FATHER, "\n  - {name: Tờ khai, original: 1}", " []"),
    ("paper-twice", BIRTH, "name: Đơn trình bày\n    original: 1\n    case: late", "name: giấy chứng sinh"),
    ("paper-count", FATHER, "original: 1}", "original: 100}"),
    ("paper-shown", FATHER, "original: 1}", "copies: 1, show: true}"),
    ("paper-words", FATHER, "original: 1}", "original: 1, note: Nộp 03 bản chính.}"),
    ("case-unused", BIRTH, "    case: late\n", ""),
    ("case-name", BIRTH, "cases:\n", "cases:\n  - {id: later, name: Quá hạn}\n"),
    ("value-empty", FATHER, "who: Cha, mẹ hoặc con.", "who: '  '"),
    ("value-empty", FATHER, "result: [Trích lục đăng ký nhận cha, mẹ, con]", "result: []"),
    # ways, office, codes
    ("ways-none", FATHER, "in_person: {offered: true}", "in_person: {offered: false}"),
    ("way-level", FATHER, "online: {offered: false}", "online: {offered: false, level: full}"),
    ("way-level", BIRTH, "in_person: {offered: true}", "in_person: {offered: true, level: full}"),
    ("way-not-offered", BIRTH, "amount: 8000", "amount: 8000\n    way: post"),
    (
        "way-words",
        FATHER,
        "who: Cha, mẹ hoặc con.",
        "who: Cha, mẹ hoặc con.\nnotes: [Có thể nộp hồ sơ trực tuyến.]",
    ),
    ("way-words", STAY, "post: {offered: true}", "post: {offered: true, note: Không nhận qua bưu điện.}"),
    ("office-level", BIRTH, "office: office_justice", "office: province_home_affairs"),
    ("office-level", BIRTH, "decided_by: Ủy ban nhân dân cấp xã", "decided_by: Sở Nội vụ"),
    ("code-unknown", BIRTH, "xem thủ tục 1.001191", "xem thủ tục 1.009191"),
    ("decision", BIRTH, "decision: 163/QĐ-BTP", "decision: BTP 163"),
    # texts
    ("text-broken", BIRTH, "plain: Ghi", "plain: Ä‘Äƒng kÃ½ ghi"),
    ("text-broken", BIRTH, "who: Cha", "who: Cha\u200b"),
    ("text-broken", BIRTH, "who: Cha hoặc mẹ.", "who: Cha hoa\u0323\u0306c me\u0323."),
    ("text-markup", BIRTH, "plain: Ghi tên", "plain: <b>Ghi</b> tên"),
    ("text-markup", BIRTH, "plain: Ghi tên", "plain: Ghi **tên**"),
    ("text-placeholder", BIRTH, "who: Cha hoặc mẹ.", "who: TODO hỏi lại."),
    ("text-placeholder", BIRTH, "who: Cha hoặc mẹ.", "who: Cha hoặc..."),
    ("text-typing", BIRTH, "who: Cha hoặc mẹ.", "who: Cha  hoặc mẹ."),
    ("text-typing", BIRTH, "who: Cha hoặc mẹ.", "who: Cha (hoặc mẹ."),
    ("text-typing", BIRTH, "who: Cha hoặc mẹ.", "who: Cha hoặc mẹ sữa đổi."),
    ("text-private", BIRTH, "who: Cha hoặc mẹ.", "who: Cha hoặc mẹ, gọi 0912 345 678."),
    ("text-private", BIRTH, "who: Cha hoặc mẹ.", "who: Người có số 036201001234."),
    ("text-abolished", BIRTH, "name: Giấy chứng sinh", "name: Sổ hộ khẩu"),
    ("text-abolished", BIRTH, "who: Cha hoặc mẹ.", "who: Cha hoặc mẹ đến Phòng Tư pháp."),
    ("text-abolished", "offices.yaml", "address: thôn Một, xã Mẫu", "address: huyện Trực Ninh, tỉnh Nam Định"),
    ("text-long", BIRTH, "who: Cha hoặc mẹ.", f"who: {'Cha hoặc mẹ. ' * 40}"),
    ("text-hard", BIRTH, "  - Muốn ghi tên cha thì xem", f"  - Muốn {'ghi tên của cha và mẹ ' * 10} thì xem"),
    ("text-official", BIRTH, "who: Cha hoặc mẹ.", "who: Cha hoặc mẹ nêu trên."),
    ("text-language", BIRTH, "who: Cha hoặc mẹ.", "who: The father and the mother."),
    ("text-language", BIRTH, "who: Cha hoặc mẹ.", "who: Cha hoac me cua tre."),
    ("text-capitals", BIRTH, "who: Cha hoặc mẹ.", "who: CHA HOẶC MẸ CỦA TRẺ EM."),
    # files and the place
    ("file-name", BIRTH, CODE, "code: 1.001109"),
    ("file-folder", BIRTH, "field: civil_status", "field: residence"),
    ("phone", "offices.yaml", "0228 3 123 456", "0228-12"),
    ("phone", "emergencies.yaml", '"113"', '"131"'),
    ("office-contact", "offices.yaml", "  phone: 0228 3 123 456\n", ""),
    ("office-role", "offices.yaml", "  role: office_justice", "  role: province_home_affairs"),
    (
        "office-needed",
        "offices.yaml",
        "office_justice\n  role: office_justice",
        "emergency_113\n  role: emergency_113",
    ),
    ("place-unit", "places.yaml", 'code: "14053"', 'code: "1405"'),
    ("place-unit", "places.yaml", ", parent: tinh-mau", ""),
    ("deployment", "deployment.yaml", "name: xã Mẫu", "name: xã Khác"),
    ("feedback-limits", "limits.yaml", "amount: 8, unit: working_hour", "amount: 20, unit: working_day"),
    ("feedback-limits", "limits.yaml", "amount: 15, unit: working_day", "amount: 15, unit: month"),
    ("topic", "topics.yaml", "words: [đổ rác]", "words: [sổ đỏ]"),
    ("topic", "topics.yaml", ", words: [đổ rác]", ""),
    ("role", "roles.yaml", "level: province}", "level: province, above: office_justice}"),
    # calendar
    ("calendar-day", "calendar.yaml", "2026-11-24, kind", "2026-11-23, kind"),
    ("calendar-day", "calendar.yaml", "2027-11-24", "2026-11-24"),
    ("calendar-day", "calendar.yaml", "2026-11-24, kind: holiday", "2026-11-23, kind: make_up"),
    ("calendar-covers", "calendar.yaml", "covers: [2026, 2027]", "covers: [2026]"),
    ("calendar-provisional", "calendar.yaml", "2026-11-24, kind", "2026-11-24, provisional: true, kind"),
    ("calendar-week", "calendar.yaml", "opens: 13:30", "opens: 10:30"),
    # events, signposts, vocabulary
    ("event-step", "life_events.yaml", "steps: [", "steps: [{code: 1.001190, say: Đi khai sinh.}, "),
    ("event-step", "life_events.yaml", "bé.}", "bé., covers: [1.999999]}"),
    ("signpost-double", "signposts/all.yaml", "code: 9.000009", "code: 1.001190"),
    ("signpost-ask", "signposts/all.yaml", "ask: Ông/bà hỏi Sở Nội vụ tỉnh Mẫu.", "ask: Chưa rõ"),
    ("vocabulary-rewrite", "vocabulary.yaml", '"đi {country}"', '"đi {land}"'),
    ("vocabulary-phrase", "vocabulary.yaml", "mất thẻ ngân hàng", "mất giấy khai sinh"),
    ("vocabulary-choice", "vocabulary.yaml", ", text: cấp lại khai sinh", ""),
    (
        "emergency-words",
        "emergencies.yaml",
        "words: [bị cướp]}",
        'words: [bị cướp]}\n- {number: "114", name: A, words: [bị cướp]}',
    ),
    ("field", "fields.yaml", "name: Cư trú", "name: Hộ tịch"),
    ("field", STAY, "field: residence", "field: civil_status"),
]


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    return write(tmp_path / "mau", SOUND)


def test_a_sound_catalog_has_no_faults(sound: Path) -> None:
    assert check([sound], TODAY) == []


@pytest.mark.parametrize(
    ("rule", "name", "old", "new"), PLANTED, ids=[f"{p[0]}-{i}" for i, p in enumerate(PLANTED)]
)
def test_a_planted_fault_is_found(sound: Path, rule: str, name: str, old: str, new: str) -> None:
    edit(sound, name, old, new)
    found = [fault for fault in check([sound], TODAY) if fault.rule == rule]
    assert found
    assert all(fault.why and fault.mend and fault.message and fault.line >= 1 for fault in found)
    assert all(fault.file.is_file() for fault in found)


def test_the_line_is_the_one_that_is_wrong(sound: Path) -> None:
    line = edit(sound, BIRTH, "amount: 8000", "amount: 8")
    (fault,) = check([sound], TODAY)
    assert (fault.file.name, fault.line, fault.severity) == ("1.001190-khai-sinh.yaml", line, "warning")


def test_what_is_honest_about_not_knowing_is_no_fault(sound: Path) -> None:
    edit(
        sound,
        BIRTH,
        "  - unit: working_day\n    amount: 5",
        "  - unit: unknown\n    note: Nguồn không ghi thời hạn.",
    )
    edit(sound, BIRTH, "set_by: law\n    amount: 8000", "set_by: unknown\n    note: Chưa rõ, ông/bà hỏi nơi nộp.")
    assert check([sound], TODAY) == []


def test_words_that_speak_of_the_old_on_purpose_are_no_fault(sound: Path) -> None:
    edit(sound, BIRTH, "who: Cha hoặc mẹ.", "who: Cha hoặc mẹ; không cần sổ hộ khẩu.")
    edit(sound, FATHER, "name: Tờ khai", "name: Thẻ căn cước hoặc chứng minh nhân dân")
    assert check([sound], TODAY) == []


def test_without_a_day_the_rules_about_time_are_silent(sound: Path) -> None:
    edit(sound, BIRTH, "date: 2026-06-10", "date: 2024-06-10")
    edit(sound, FATHER, "number: 123/2015/NĐ-CP", "number: 13/2023/NĐ-CP")
    assert check([sound]) == []
    assert {fault.rule for fault in check([sound], TODAY)} == {"source-stale", "law-ended"}


def test_a_law_that_ends_is_one_line_for_all_its_records(sound: Path) -> None:
    for name in (FATHER, STAY):
        edit(sound, name, "legal_basis:\n", "legal_basis:\n  - {number: 64/2025/TT-BTC, name: Thông tư}\n")
    (fault,) = check([sound], TODAY)
    assert "2 records rest on it: 1.001191, 1.001192" in fault.message
    assert check([sound], date(2026, 8, 1)) == []
    after = [fault.rule for fault in check([sound], date(2027, 1, 1))]
    assert after.count("law-ended") == 2


def test_a_record_prepared_for_the_day_is_not_warned_of(sound: Path) -> None:
    edit(sound, FATHER, "legal_basis:\n", "legal_basis:\n  - {number: 64/2025/TT-BTC, name: Thông tư}\n")
    edit(
        sound,
        FATHER,
        "{set_by: province, note: Ông/bà hỏi nơi nộp hồ sơ.}",
        "{set_by: law, amount: 5000, valid_to: 2026-12-31}\n"
        "  - {set_by: law, amount: 10000, valid_from: 2027-01-01}",
    )
    assert check([sound], TODAY) == []


def test_files_nothing_reads(sound: Path) -> None:
    write(
        sound,
        {"procedures/civil_status/1.001190.yaml.bak": "x", "procedure/1.yaml": "x", "wording/vi/a.yaml": "x"},
    )
    found = check([sound], TODAY)
    assert [(fault.rule, fault.file.name) for fault in found] == [
        ("file-unread", "1.yaml"),
        ("file-unread", "1.001190.yaml.bak"),
    ]


def test_a_draft_gets_one_line_at_most(sound: Path) -> None:
    draft = SOUND[BIRTH].replace("1.001190", "1.002000").replace(" khai sinh", " <b>sinh</b>")
    draft = draft.replace("amount: 8000", "amount: 8").rstrip() + "\n        reviewed: false\n"
    write(sound, {"procedures/civil_status/1.002000-nhap.yaml": draft})
    (fault,) = check([sound], TODAY)
    assert (fault.rule, fault.line) == ("draft", 1)
    assert "a broken text, a fee below 1,000" in fault.message


def test_errors_come_first(sound: Path) -> None:
    edit(sound, BIRTH, "amount: 8000", "amount: 8")
    edit(sound, STAY, "amount: 7,", "amount: 7, case: none,")
    edit(sound, STAY, "date: 2026-06-10", "date: 2027-06-10")
    assert [(fault.rule, fault.severity) for fault in check([sound], TODAY)] == [
        ("content", "error"),
        ("date-in-future", "error"),
        ("fee-below-1000", "warning"),
    ]


def test_the_shipped_catalog_has_no_errors_and_few_warnings() -> None:
    found = check([SHIPPED, DEMO], TODAY)
    assert [fault for fault in found if fault.severity == "error"] == []
    times = Counter(fault.rule for fault in found)
    assert times.total() <= 120
    assert max(times.values(), default=0) <= 24, times


def test_the_page_lists_every_rule() -> None:
    page = DOCS.read_text(encoding="utf-8")
    rows = [f"| `{rule.id}` | {rule.severity} | {rule.what} | {rule.why} | {rule.mend} |" for rule in RULES]
    assert [row for row in rows if row not in page] == []
    assert page.count("\n| `") == len(RULES) == len({rule.id for rule in RULES})
