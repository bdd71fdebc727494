"""What the operator reads when the program is ready."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from bot.house import House
from handlers.talk import Text, t


def print_welcome(house: House, demo: Sequence[tuple[str, str, str]], console: Console) -> None:
    """Where the pages are, who may sign in (new demo passwords are shown this once), how to add a channel."""
    base = house.settings.base_url

    def say(text: Text) -> None:
        console.print(house.words.plain(text, "vi"), markup=False, highlight=False, soft_wrap=True)

    say(t("welcome.ready", name=house.catalog.deployment.name))
    say(t("welcome.chat", url=f"{base}/"))
    say(t("welcome.desk", url=f"{base}/desk"))
    if demo:
        say(t("welcome.demo_officers"))
        for login, name, password in demo:
            say(t("welcome.demo_officer", login=login, name=name, password=password))
    elif house.settings.demo:
        say(t("welcome.demo_known"))
    if house.settings.telegram_token is None:
        say(t("welcome.telegram"))
    say(t("welcome.stop"))
