"""What other sites and search engines read: pages and the API of signposts and events of life."""

from __future__ import annotations

import re

import httpx

from bot.web.api import make_api
from tests.bot.chat_office import ChatOffice
from tests.bot.webchat.common import browsing


def asking(office: ChatOffice) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=make_api(office.house)), base_url="http://api.test")


async def test_a_signpost_has_a_page_that_says_it_is_one(office: ChatOffice) -> None:
    async with browsing(office) as client:
        response = await client.get("/p/1.001776")
        assert response.status_code == 200
        assert "Danh mục chưa có hướng dẫn chi tiết của thủ tục này" in response.text
        assert "Danh mục thủ tục hành chính của tỉnh Lâm Đồng" in response.text
        assert "Phòng Văn hóa – Xã hội xã Trực Ninh" in response.text
        english = await client.get("/p/1.001776?lang=en")
        assert "no detailed guide" in english.text


async def test_an_event_of_life_has_a_page_whose_links_lead_to_its_steps(office: ChatOffice) -> None:
    async with browsing(office) as client:
        response = await client.get("/e/birth")
        assert response.status_code == 200
        assert "Làm một lần cho:" in response.text
        links = re.findall(r'href="(/p/[^"]+)"', response.text)
        assert links[:2] == ["/p/3.000722", "/p/1.001193"]
        for link in links:
            assert (await client.get(link)).status_code == 200
        missing = await client.get("/e/nothing")
        assert missing.status_code == 404
        assert "Không có thủ tục này" in missing.text


async def test_the_api_tells_signposts_from_procedures(office: ChatOffice) -> None:
    async with asking(office) as client:
        procedure = (await client.get("/procedures/1.001193")).json()
        assert (procedure["kind"], procedure["code"]) == ("procedure", "1.001193")
        assert procedure["papers"]
        signpost = (await client.get("/procedures/1.001776")).json()
        assert (signpost["kind"], signpost["reviewed"]) == ("signpost", True)
        assert "papers" not in signpost
        assert (await client.get("/procedures/9.999999")).status_code == 404


async def test_the_api_lists_the_events_of_life(office: ChatOffice) -> None:
    async with asking(office) as client:
        events = (await client.get("/life-events")).json()["life_events"]
    assert len(events) == 8
    (birth,) = [event for event in events if event["id"] == "birth"]
    assert birth["steps"][0]["code"] == "3.000722"
    assert "1.001193" in birth["steps"][0]["covers"]
