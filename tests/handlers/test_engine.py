"""The rules of replaying, with small scripts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.codec import session_from_json, to_json
from handlers.services import Services
from handlers.talk import JSON, Choice, FileRef, Link, Location, Talk, Thread, t
from tests.handlers.talking import Conversing, choice, choosing, photos, question, three_and_edit


async def test_what_is_noted_is_looked_at_once() -> None:
    looks: list[int] = []

    def look() -> int:
        looks.append(1)
        return len(looks)

    async def script(talk: Talk, _: Services) -> None:
        await talk.ask(question("one"))
        seen = await talk.note("seen", look)
        await talk.ask(question("two"))
        talk.say(t("says.seen", n=int(str(seen))))

    talking = Conversing(feedback=script)
    await talking.start("feedback")
    await talking.say("một")
    await talking.say("hai")
    assert looks == [1]
    assert talking.replies[0].text.params == {"n": 1}


async def test_what_was_said_is_not_said_again() -> None:
    async def script(talk: Talk, _: Services) -> None:
        talk.say(t("says.hello"))
        await talk.ask(question("one"))
        talk.say(t("says.thanks"))
        await talk.ask(question("two", "a", "b"))
        talk.say(t("says.bye"))

    talking = Conversing(feedback=script)
    assert await talking.start("feedback") == ["says.hello", "asks.one"]
    assert await talking.say("một") == ["says.thanks", "asks.two"]
    assert await talking.say("gì cơ") == ["engine.please_choose", "asks.two"]
    assert await talking.tap("a") == ["says.bye"]
    assert talking.session.thread is None


async def answered() -> Conversing:
    talking = Conversing(feedback=three_and_edit)
    await talking.start("feedback")
    for said in ("một", "hai", "ba"):
        await talking.say(said)
    return talking


async def test_editing_asks_one_and_keeps_the_others() -> None:
    talking = await answered()
    assert await talking.tap("two") == ["asks.two"]
    assert await talking.say("hai rưỡi") == ["asks.done"]
    assert talking.answers == {"one": "một", "two": "hai rưỡi", "three": "ba"}
    assert list(talking.answers) == ["one", "two", "three"]
    assert await talking.tap("yes") == ["says.done"]


async def test_editing_forgets_what_was_noted_after_it() -> None:
    talking = await answered()
    await talking.tap("two")
    assert talking.session.thread is not None
    assert set(talking.session.thread.noted) == {"after-one"}


async def test_back_drops_the_newest_answer_and_what_was_noted_after_it() -> None:
    talking = await answered()
    assert await talking.say("quay lại") == ["asks.three"]
    assert await talking.say("quay lai") == ["asks.two"]
    assert talking.answers == {"one": "một"}
    assert talking.session.thread is not None
    assert set(talking.session.thread.noted) == {"after-one"}
    assert await talking.say("quay lại") == ["asks.one"]
    assert await talking.say("quay lại") == ["asks.menu"]
    assert await talking.say("quay lại") == ["asks.menu"]


async def test_back_without_anything_under_way_opens() -> None:
    assert await Conversing().say("quay lại") == ["asks.menu"]


async def test_an_answer_no_longer_offered_is_asked_again_alone() -> None:
    offered = ["a", "b"]

    async def script(talk: Talk, _: Services) -> None:
        await talk.ask(question("one", *offered))
        await talk.ask(question("two"))
        await talk.ask(question("three"))

    talking = Conversing(feedback=script)
    await talking.start("feedback")
    await talking.tap("b")
    await talking.say("hai")
    offered[:] = ["a", "c"]  # a new release
    assert await talking.say("ba") == ["engine.please_choose", "asks.one"]
    assert await talking.tap("c") == ["asks.three"]
    assert talking.answers == {"one": "c", "two": "hai"}


async def test_an_answer_that_is_wrong_says_why_and_asks_again() -> None:
    async def script(talk: Talk, _: Services) -> None:
        talk.say(t("says.hello"))
        await talk.ask(replace(question("one"), check=lambda typed: typed if typed == "đúng" else t("says.wrong")))
        await talk.ask(question("two"))

    talking = Conversing(feedback=script)
    await talking.start("feedback")
    assert await talking.say("sai") == ["says.wrong", "asks.one"]
    assert await talking.say("đúng") == ["asks.two"]


async def test_scripts_that_lead_in_a_circle_are_stopped() -> None:
    async def round_and_round(talk: Talk, _: Services) -> None:
        talk.goto("feedback")

    with pytest.raises(RuntimeError, match="circle"):
        await Conversing(feedback=round_and_round).start("feedback")


async def test_goto_begins_with_answers_and_says_everything_in_order() -> None:
    async def first(talk: Talk, _: Services) -> None:
        talk.say(t("says.first"))
        talk.goto("guidance", one="một")

    async def second(talk: Talk, _: Services) -> None:
        talk.say(t("says.second", one=await talk.ask(question("one"))))
        await talk.ask(question("two"))

    talking = Conversing(feedback=first, guidance=second)
    assert await talking.start("feedback") == ["says.first", "says.second", "asks.two"]
    assert talking.replies[1].text.params == {"one": "một"}


async def test_a_button_of_an_earlier_question_is_refused() -> None:
    talking = Conversing(feedback=choosing)
    await talking.start("feedback")
    old = talking.payload("a")
    await talking.tap("b")
    assert await talking.take(choice=old) == ["engine.stale_button", "asks.q-2"]
    assert talking.answers == {"q-1": "b"}


async def test_a_question_asked_again_has_new_buttons() -> None:
    talking = Conversing(feedback=choosing)
    await talking.start("feedback")
    old = talking.payload("a")
    assert await talking.say("quay lại") == ["asks.menu"]
    await talking.start("feedback")
    assert talking.payload("a") != old
    assert await talking.take(choice=old) == ["engine.stale_button", "asks.q-1"]


async def test_the_same_button_pressed_twice_counts_once() -> None:
    talking = Conversing(feedback=choosing)
    await talking.start("feedback")
    pressed = talking.payload("a")
    assert await talking.take(choice=pressed) == ["says.got", "asks.q-2"]
    talking.now -= timedelta(seconds=59)
    assert await talking.take(choice=pressed) == []
    assert talking.answers == {"q-1": "a"}
    assert await talking.take(choice=pressed) == ["engine.stale_button", "asks.q-2"]


async def test_a_link_works_again_later() -> None:
    talking = Conversing(feedback=choosing)
    assert await talking.start("feedback") == ["asks.q-1"]
    assert await talking.start("feedback") == ["asks.q-1"]


@pytest.mark.parametrize("payload", ["", ".", "a.b.c.d.e", "feedback", "feedback.q-1..a", "gone.-.go.-", "…" * 40])
async def test_a_payload_of_nothing_we_know_is_refused(payload: str) -> None:
    assert await Conversing(feedback=choosing).take(choice=payload) == ["engine.stale_button", "asks.menu"]


async def test_parked_one_deep_and_offered_again() -> None:
    async def short(talk: Talk, _: Services) -> None:
        talk.say(t("says.short"))

    talking = Conversing(feedback=choosing, guidance=choosing, privacy=short)
    await talking.start("feedback")
    await talking.tap("a")
    assert await talking.start("privacy") == ["says.short", "engine.resume_offer"]
    await talking.start("guidance")
    await talking.tap("b")
    await talking.start("privacy")
    assert talking.session.parked is not None
    assert talking.session.parked.conversation == "guidance", "the report parked first has given way"
    assert await talking.start("resume") == ["says.got", "asks.q-2"], "what led to the question is told again"
    assert talking.answers == {"q-1": "b"}
    assert talking.session.parked is None
    await talking.say("menu")
    assert await talking.say("tiep tuc") == ["says.got", "asks.q-2"]


async def test_resuming_parks_what_was_under_way() -> None:
    talking = Conversing(feedback=choosing, guidance=choosing)
    await talking.start("feedback")
    await talking.tap("a")
    await talking.start("guidance")
    await talking.tap("b")
    await talking.start("resume")
    assert talking.session.thread is not None
    assert talking.session.thread.conversation == "feedback"
    assert talking.session.parked is not None
    assert talking.session.parked.conversation == "guidance"


async def test_nothing_answered_is_not_parked() -> None:
    talking = Conversing(feedback=choosing)
    await talking.start("feedback")
    assert await talking.say("menu") == ["asks.menu"]
    assert await talking.start("resume") == ["engine.nothing_parked", "asks.menu"]


@pytest.mark.parametrize(
    "given", [{"text": "menu"}, {"text": "xin"}, {"choice": "x.y.z.1"}, {"choice": "feedback.-.go.-"}], ids=str
)
async def test_a_conversation_of_an_earlier_release_that_is_gone(given: dict[str, object]) -> None:
    talking = Conversing(feedback=choosing)
    gone = Thread(conversation="gone", answers={"one": "một"})
    talking.session = replace(talking.session, thread=gone, parked=gone)
    said = await talking.take(**given)
    assert said[-1] in ("asks.menu", "asks.q-1")
    assert talking.session.thread is not None
    assert talking.session.thread.conversation != "gone"


async def test_a_command_that_answers_no_choice_is_a_wish() -> None:
    talking = Conversing(feedback=choosing, privacy=choosing)
    await talking.start("feedback")
    assert await talking.say("dữ liệu của tôi") == ["asks.q-1"]
    assert talking.session.thread is not None
    assert talking.session.thread.conversation == "privacy"


async def test_anything_typed_at_an_open_question_is_looked_up() -> None:
    talking = Conversing()
    await talking.say("menu")
    assert await talking.say("xin giấy") == ["says.looked_up"]
    assert talking.replies[0].text.params == {"words": "xin giấy"}


async def test_a_question_in_the_middle_is_answered_aside() -> None:
    talking = Conversing(feedback=choosing)
    await talking.start("feedback")
    assert await talking.say("xin giấy độc thân") == ["engine.aside", "asks.q-1"]
    first = talking.replies[0].choices[0]
    assert first.link == Link(conversation="procedures", question="code", value="1.004873")


async def test_files_and_places_are_answers_once_asked_for() -> None:
    async def script(talk: Talk, _: Services) -> None:
        place = await talk.ask_place(replace(question("place"), kind="location"))
        talk.say(t("says.place"))
        photos = await talk.ask_files(replace(question("photo"), kind="files", choices=(choice("none"),)))
        more = await talk.ask_files(replace(question("more"), kind="files", choices=(choice("none"),)))
        talk.say(t("says.all", place=str(place), n=len(photos) + len(more)))

    talking = Conversing(feedback=script)
    await talking.start("feedback")
    photo = FileRef(id="f", remote="r")
    assert await talking.take(files=(photo,)) == ["engine.photo_instead", "asks.place"]
    assert await talking.take(location=Location(latitude=20.25, longitude=106.18)) == ["says.place", "asks.photo"]
    assert await talking.take(location=Location(latitude=1, longitude=1)) == [
        "engine.photo_or_button",
        "asks.photo",
    ]
    assert await talking.take(files=(photo, photo)) == ["asks.more"]
    assert await talking.tap("none") == ["says.all"]
    assert talking.replies[0].text.params["n"] == 2


async def test_what_is_too_long_is_refused_everywhere() -> None:
    talking = Conversing(feedback=three_and_edit)
    long = "rác " * 25_000
    assert await talking.say(long) == ["engine.too_long", "asks.menu"]
    assert await talking.say(long) == ["engine.too_long", "asks.menu"]
    await talking.start("feedback")
    assert await talking.say(long) == ["engine.too_long", "asks.one"]
    assert len(to_json(talking.session)) < 1000


async def test_the_language_lasts() -> None:
    async def script(talk: Talk, _: Services) -> None:
        talk.speak("en")
        await talk.ask(question("one"))

    talking = Conversing(feedback=script)
    await talking.start("feedback")
    await talking.say("một")
    assert talking.session.lang == "en"


async def test_editing_several_asks_all_of_them_again() -> None:
    async def script(talk: Talk, _: Services) -> None:
        got = [len(await talk.ask_files(photos(key))) for key in ("photo-1", "photo-2")]
        await talk.ask(question("name"))
        if await talk.ask(question("done", "photos", "yes")) == "photos":
            talk.edit("photo-1", "photo-2", "photo-3", wish="done")
        talk.say(t("says.sent", n=sum(got)))

    talking = Conversing(feedback=script)
    photo = FileRef(id="f", remote="r")
    await talking.start("feedback")
    await talking.take(files=(photo,))
    await talking.take(files=(photo,))
    assert await talking.say("Mẫu") == ["asks.done"]
    assert await talking.tap("photos") == ["asks.photo-1"]
    assert await talking.take(files=(photo,)) == ["asks.photo-2"]
    assert await talking.tap("done") == ["asks.done"]
    assert await talking.tap("yes") == ["says.sent"]
    assert talking.replies[0].text.params == {"n": 1}


async def test_files_of_another_release_still_read() -> None:
    async def script(talk: Talk, _: Services) -> None:
        files = await talk.ask_files(photos("photo-1"))
        await talk.ask(question("two"))
        talk.say(t("says.sent", files=", ".join(file.id for file in files)))

    talking = Conversing(feedback=script)
    await talking.start("feedback")
    await talking.take(files=(FileRef(id="f"),))
    assert talking.session.thread is not None
    stored: dict[str, JSON] = {"photo-1": [{"id": "f", "later": 1}, {"id": "g"}, {"kind": "photo"}, "h"]}
    talking.session = replace(talking.session, thread=replace(talking.session.thread, answers=stored))
    assert await talking.say("hai") == ["says.sent"]
    assert talking.replies[0].text.params == {"files": "f, g"}


async def everything(talk: Talk, _: Services) -> None:
    """Uses all that a script may."""
    await talk.ask(question("text"))
    pick = await talk.ask(question("choice", "a", "b", "bye"))
    await talk.note("seen", lambda: pick)
    if pick == "bye":
        talk.goto("guidance")
        return
    talk.say(t("says.picked"), Choice(value="x", label=t("menu.feedback"), link=Link(conversation="feedback")))
    await talk.ask_place(replace(question("place"), kind="location", choices=(choice("skip"),)))
    await talk.ask_files(replace(question("files"), kind="files", choices=(choice("none"),)))
    await talk.ask(replace(question("phone"), kind="phone"))
    done = await talk.ask(question("done", "send", "text", "choice", "files"))
    if done != "send":
        talk.edit(done, wish="done")
    talk.say(t("says.sent"))


SAID = """
1 2 3 4 ² ²²²²²²²²² ٣ ① ½ a skip none send files bye menu phản_ánh tôi_tố_cáo_ông_A khiếu_nại
quay_lại tiếp_tục cháy_nhà xin_giấy_độc_thân
/ /x /start 1.001193 0912345678 4827-1635-9 😀
"""
TYPED = st.one_of(st.text(max_size=30), st.sampled_from([word.replace("_", " ") for word in SAID.split()]))
TAPPED = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "feedback.-.go.-",
            "guidance.-.go.x",
            "resume.-.go.-",
            "menu.pick.go.nothing",
            "gone.-.go.-",
            "feedback.phone.go.abc",
        ]
    ),
)
MESSAGES = st.one_of(
    st.builds(lambda text: {"text": text}, TYPED),
    st.builds(lambda payload: {"choice": payload}, TAPPED),
    st.builds(
        lambda value: {"tap": value}, st.sampled_from(["a", "b", "bye", "skip", "none", "send", "text", "?"])
    ),
    st.sampled_from(
        [
            {"files": (FileRef(id="f", remote="r"),)},
            {"files": (FileRef(id="f", remote="r"),), "text": "ảnh"},
            {"location": Location(latitude=20.25, longitude=106.18)},
            {"unsupported": True},
            {},
        ]
    ),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(messages=st.lists(MESSAGES, max_size=15))
async def test_whatever_comes_in_something_goes_out(messages: list[dict[str, object]]) -> None:
    talking = Conversing(feedback=everything, guidance=choosing)
    for message in messages:
        given = dict(message)
        if "tap" in given:
            value = given.pop("tap")
            given["choice"] = talking.payload(str(value)) if talking.asking else "x"
        version = talking.session.version
        assert await talking.take(**given), given
        assert talking.session.version == version + 1
        assert session_from_json(to_json(talking.session)) == talking.session
