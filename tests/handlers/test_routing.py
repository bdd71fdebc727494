"""Where a message goes with the shipped topics and the demo offices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.cases.model import CaseKind
from handlers.cases.routing import NoOffice, office_for
from handlers.emergencies import emergency_reply
from handlers.words import Words
from procedures_catalog.catalog import Catalog
from procedures_catalog.load import SHIPPED, load
from procedures_catalog.place import Office

CATALOG = load([SHIPPED, Path(__file__).parents[2] / "deployments" / "xa-truc-ninh"])
KINDS = tuple(CaseKind)
NOBODY: frozenset[str] = frozenset()
LADDER = ("commune_chair", "province_home_affairs", "province_procedure_control")


def without(*roles: str) -> Catalog:
    kept: Mapping[str, Office] = {id_: one for id_, one in CATALOG.offices.items() if one.role not in roles}
    return replace(CATALOG, offices=kept)


@pytest.mark.parametrize(
    ("kind", "topic", "office"),
    [
        ("phan_anh", "roads_infrastructure", "truc-ninh:economic_division"),
        ("phan_anh", "environment", "truc-ninh:economic_division"),
        ("kien_nghi", "judicial_civil_status", "truc-ninh:office_justice"),
        ("phan_anh", "public_security_noise", "truc-ninh:commune_police"),
        ("phan_anh", "electricity", "truc-ninh:power_company"),
        ("phan_anh", "clean_water", "truc-ninh:water_company"),
        ("phan_anh", "health", "truc-ninh:health_station"),
        ("phan_anh", "military", "truc-ninh:military_command"),
        ("phan_anh", "officer_conduct", "truc-ninh:commune_chair"),
        ("phan_anh", "admin_procedures", "truc-ninh:public_service_centre"),
        ("phan_anh", "outside_jurisdiction", "truc-ninh:public_service_centre"),
        ("phan_anh", None, "truc-ninh:public_service_centre"),
        ("phan_anh", "a topic of an older release", "truc-ninh:public_service_centre"),
        ("question", "land", "truc-ninh:public_service_centre"),
        ("praise", None, "truc-ninh:public_service_centre"),
        ("idea", None, "truc-ninh:public_service_centre"),
        ("phan_anh", "fire_rescue", "truc-ninh:commune_police"),
    ],
)
def test_office(kind: str, topic: str | None, office: str) -> None:
    assert office_for(kind, topic, None, NOBODY, CATALOG).office == office


@pytest.mark.parametrize(
    ("topic", "not_to", "office"),
    [
        ("health", {"health_station"}, "truc-ninh:commune_chair"),
        ("health", {"truc-ninh:health_station"}, "truc-ninh:commune_chair"),
        ("electricity", {"power_company"}, "truc-ninh:commune_chair"),
        ("officer_conduct", {"commune_chair"}, "ninh-binh:province_home_affairs"),
        ("health", {"health_station", "commune_chair"}, "ninh-binh:province_home_affairs"),
        ("health", {"health_station", "truc-ninh:commune_chair"}, "ninh-binh:province_home_affairs"),
        ("officer_conduct", {"commune_chair", "province_home_affairs"}, "ninh-binh:province_procedure_control"),
        ("outside_jurisdiction", {"public_service_centre"}, "truc-ninh:commune_chair"),
        ("land", {"health_station"}, "truc-ninh:economic_division"),
        ("land", {"a person, not an office"}, "truc-ninh:economic_division"),
    ],
)
def test_goes_up_past_those_who_must_not_get_it(topic: str, not_to: set[str], office: str) -> None:
    assert office_for("phan_anh", topic, None, frozenset(not_to), CATALOG).office == office


def test_what_must_not_get_it_is_named_by_office() -> None:
    route = office_for("phan_anh", "officer_conduct", None, frozenset({"health_station", "nowhere"}), CATALOG)
    assert route.not_to == {"truc-ninh:health_station"}
    route = office_for("phan_anh", "officer_conduct", None, frozenset({"truc-ninh:commune_police"}), CATALOG)
    assert route.not_to == {"truc-ninh:commune_police"}


def test_every_way_up_of_an_office_ends_at_the_top() -> None:
    for role in CATALOG.roles.values():
        way = [role.id]
        while (above := CATALOG.roles[way[-1]].above) is not None:
            way.append(above)
        assert role.level == "emergency" or way[-1] == LADDER[-1], role.id


def test_the_sender_is_hidden_where_the_topic_wants_it() -> None:
    hidden = {id_ for id_ in CATALOG.topics if office_for("phan_anh", id_, None, NOBODY, CATALOG).hide_sender}
    assert hidden == {"officer_conduct", "violence_child_domestic"}


def test_a_missing_office_is_stood_in_for_by_the_centre() -> None:
    route = office_for("phan_anh", "health", None, NOBODY, without("health_station"))
    assert route.office == "truc-ninh:public_service_centre"
    assert [text.key for text in route.why] == ["routing.no_such_office"]


def test_without_a_province_the_centre_stands_in_but_never_for_a_barred_chair() -> None:
    alone = without("province_home_affairs", "province_procedure_control")
    no_chair = without(*LADDER)
    assert office_for("phan_anh", "health", None, frozenset({"health_station"}), no_chair).office == (
        "truc-ninh:public_service_centre"
    )
    with pytest.raises(NoOffice):
        office_for("phan_anh", "officer_conduct", None, frozenset({"commune_chair"}), alone)


def test_a_place_chooses_its_own_unit() -> None:
    other = replace(CATALOG.offices["truc-ninh:health_station"], id="co-le:health_station")
    two = replace(CATALOG, offices={**CATALOG.offices, other.id: other})
    assert office_for("phan_anh", "health", "co-le", NOBODY, two).office == "co-le:health_station"
    assert office_for("phan_anh", "health", "gần chợ", NOBODY, two).office == "truc-ninh:health_station"


OFFICES_AND_ROLES = [*CATALOG.offices, *{office.role for office in CATALOG.offices.values()}]


@given(
    st.sampled_from(KINDS),
    st.sampled_from([None, *CATALOG.topics]),
    st.frozensets(st.sampled_from(OFFICES_AND_ROLES)),
)
def test_never_reaches_a_barred_office(kind: str, topic: str | None, not_to: frozenset[str]) -> None:
    _check(kind, topic, not_to)


def test_never_reaches_a_barred_office_for_every_topic_and_pair() -> None:
    for kind in KINDS:
        for topic in (None, *CATALOG.topics):
            for pair in combinations(sorted(OFFICES_AND_ROLES), 2):
                _check(kind, topic, frozenset(pair))


def _check(kind: str, topic: str | None, not_to: frozenset[str]) -> None:
    try:
        route = office_for(kind, topic, None, not_to, CATALOG)
    except NoOffice:
        # Only when the whole way up is barred.
        assert all(not_to & {role, f"truc-ninh:{role}", f"ninh-binh:{role}"} for role in LADDER)
        return
    assert route.office not in not_to
    assert CATALOG.offices[route.office].role not in not_to
    assert route.why


def test_every_reason_is_worded() -> None:
    words = Words.load()
    for kind in KINDS:
        for topic in (None, *CATALOG.topics):
            for not_to in (NOBODY, frozenset({"commune_chair", "commune_police"})):
                for text in office_for(kind, topic, None, not_to, CATALOG).why:
                    assert words.plain(text, "vi") != words.plain(text, "en")


def test_emergency_roles_and_emergencies_name_the_same_numbers() -> None:
    phones = {role.phone for role in CATALOG.roles.values() if role.level == "emergency"}
    assert phones == {emergency.number for emergency in CATALOG.emergencies}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("cháy nhà ở xóm 3", {"114"}),
        ("chay nha roi", {"114"}),
        ("có người bị cướp", {"113"}),
        ("tai nạn giao thông ở ngã tư", {"115"}),
        ("trẻ đuối nước", {"114"}),
        ("bà tôi ngất xỉu", {"115"}),
        ("bạo hành trẻ em", {"111"}),
        ("nước lũ dâng nhanh", {"112"}),
        ("tập huấn phòng cháy chữa cháy", set()),
        ("giấy tờ bị mất cắp thì làm lại ở đâu", set()),
        ("shop bán cháy hàng", set()),
        ("tai nạn lao động hưởng chế độ gì", set()),
        ("bị tai nạn lao động cần giấy tờ gì", set()),
        ("duong nhieu xe chay xuong doc", set()),
        ("vo de khai sinh o dau", set()),
        ("treo co ngay le", set()),
        ("to hop tac hoat dong duoi nuoc", set()),
    ],
)
def test_words_of_danger_and_words_that_only_look_like_them(text: str, numbers: set[str]) -> None:
    reply = emergency_reply(text, CATALOG)
    lines = reply.text.params["numbers"] if reply else ()
    assert isinstance(lines, tuple)
    assert {line.params["number"] for line in lines} == numbers


def test_who_sees_a_hidden_sender_is_told_truly() -> None:
    told = {
        about: [
            why.key for why in office_for("phan_anh", "officer_conduct", None, frozenset({about}), CATALOG).why
        ]
        for about in ("economic_division", "public_service_centre")
    }
    assert "routing.sender_hidden" in told["economic_division"]
    assert "routing.sender_hidden_from_all" in told["public_service_centre"]
