"""Every channel by name, with its limits: the list a reply to any address is fitted by."""

from __future__ import annotations

from bot.channels import telegram, terminal, webchat, zalo_bot, zalo_oa
from bot.channels.base import Limits

LIMITS: dict[str, Limits] = {
    "webchat": webchat.LIMITS,
    "telegram": telegram.LIMITS,
    "terminal": terminal.LIMITS,
    "zalo-oa": zalo_oa.LIMITS,
    "zalo-bot": zalo_bot.LIMITS,
}
