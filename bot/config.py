"""Settings: the environment or `.env`; every one of them stands in `.env.example`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from procedures_catalog.shipped import SHIPPED

ROOT = Path(__file__).resolve().parent.parent
LAST_PORT = 65535
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class SettingsFault(Exception):
    """A setting is missing or wrong; the message says which and what would be right."""


class Settings(BaseSettings):
    """One process's settings. Names in the environment carry the prefix `MOTCUA_`."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", env_file=".env", extra="ignore", frozen=True)

    database_url: str = "sqlite+aiosqlite:///var/motcua.db"
    deployment: str = "xa-truc-ninh"
    deployments_dir: Path = ROOT / "deployments"
    catalog: Annotated[tuple[Path, ...], NoDecode] = ()
    files_dir: Path = Path("var/files")
    cache_dir: Path = Path("var/cache")
    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str | None = None
    demo: bool = False
    telegram_token: str | None = None
    telegram_api_url: str = "https://api.telegram.org"
    zalo_api_url: str = "https://openapi.zalo.me"
    zalo_oauth_url: str = "https://oauth.zaloapp.com"
    zalo_bot_url: str = "https://bot-api.zaloplatforms.com"
    log_level: str = "INFO"

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if not url.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://")):
            raise ValueError("must begin with sqlite+aiosqlite:/// or postgresql+asyncpg://")
        try:
            make_url(url)
        except (ArgumentError, ValueError) as fault:
            raise ValueError(
                "is not a database address, e.g. postgresql+asyncpg://user:password@host:5432/name"
            ) from fault
        return url

    @field_validator("port", mode="before")
    @classmethod
    def _a_port(cls, port: object) -> object:
        if not str(port).isdecimal() or not 1 <= int(str(port)) <= LAST_PORT:
            raise ValueError(f"must be a whole number from 1 to {LAST_PORT}, not {port!r}")
        return port

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, level: str) -> str:
        if level.upper() not in LOG_LEVELS:
            raise ValueError(f"must be one of {', '.join(LOG_LEVELS)}")
        return level

    @field_validator("telegram_token", "public_url", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return value or None

    @field_validator("catalog", mode="before")
    @classmethod
    def _folders(cls, value: object) -> object:
        folders = [Path(one) for one in value.split(os.pathsep) if one] if isinstance(value, str) else value
        for folder in folders if isinstance(folders, (list, tuple)) else ():
            if not Path(folder).is_dir():
                raise ValueError(f"there is no folder {folder}; name a folder of YAML, such as an import makes")
        return folders

    @property
    def folders(self) -> list[Path]:
        """The layers of the catalog, the strongest last: shipped, imported, the place's own."""
        return [SHIPPED, *self.catalog, self.deployment_dir]

    @property
    def deployment_dir(self) -> Path:
        """The folder merged over the shipped catalog."""
        return self.deployments_dir / self.deployment

    @property
    def base_url(self) -> str:
        """Where people reach the pages."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the pages, behind no proxy either."""
        names = {self.host, urlsplit(self.base_url).hostname}
        return names <= {"127.0.0.1", "::1", "localhost"}


def read_settings(**overrides: object) -> Settings:
    """Settings from the environment, `.env` and `overrides`. Raises SettingsFault in one sentence."""
    try:
        settings = Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as fault:
        first = fault.errors()[0]
        name = "MOTCUA_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsFault(f"{name}: {first['msg'].removeprefix('Value error, ')}") from fault
    except UnicodeDecodeError as fault:
        raise SettingsFault("The file .env is not UTF-8 text: save it as UTF-8.") from fault
    if not settings.deployment_dir.is_dir():
        raise SettingsFault(
            f"MOTCUA_DEPLOYMENT: there is no folder {settings.deployment_dir}; "
            "name one that lies under MOTCUA_DEPLOYMENTS_DIR"
        )
    if settings.demo and not settings.loopback:
        raise SettingsFault(
            "MOTCUA_DEMO=1 works on 127.0.0.1 only: unset it, "
            "or set MOTCUA_HOST=127.0.0.1 and no MOTCUA_PUBLIC_URL"
        )
    return settings
