"""Every address of the desk."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from bot.house import House
from bot.web.desk import cases, delivery, link, queue, sign_in
from bot.web.desk.door import QUEUE, SIGN_IN, SIGN_OUT, Door


def routes(house: House) -> list[BaseRoute]:
    """The desk as Starlette routes; what starts with `/desk` and is not here is not found."""
    door = Door(house)
    code = f"{QUEUE}/cases/{{code:str}}"
    return [
        Route(SIGN_IN, sign_in.ask(door), methods=["GET"]),
        Route(SIGN_IN, sign_in.enter(door), methods=["POST"]),
        Route(SIGN_OUT, door.guarded(sign_in.leave), methods=["POST"]),
        Route(QUEUE, door.guarded(queue.show), methods=["GET"]),
        Route(code, door.guarded(cases.show), methods=["GET"]),
        Route(f"{code}/{{action:str}}", door.guarded(cases.act, stale=cases.stale), methods=["POST"]),
        Route(f"{QUEUE}/files/{{id:str}}", door.guarded(cases.file), methods=["GET"]),
        Route(f"{QUEUE}/delivery", door.guarded(delivery.show), methods=["GET"]),
        Route(f"{QUEUE}/delivery/{{seq:int}}/{{action:str}}", door.guarded(delivery.settle), methods=["POST"]),
        Route(f"{QUEUE}/link", door.guarded(link.show), methods=["GET"]),
        Route(f"{QUEUE}/link", door.guarded(link.make), methods=["POST"]),
    ]
