"""The real program in a process of its own, to be stopped, killed and started again."""

from __future__ import annotations

import asyncio
import json
import os
import random
import socket
import subprocess
import sys
from pathlib import Path

import aiohttp

ROOT = Path(__file__).parents[2]
PORTS = range(20000, 32000)
START_SECONDS = 60.0
STOP_SECONDS = 15.0


def free_port() -> int:
    """A port nobody listens on, below those that outgoing connections take."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


def environment(**settings: object) -> dict[str, str]:
    """This process's environment with nothing of motcua in it but `settings`."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("MOTCUA_")}
    given = {f"MOTCUA_{name.upper()}": str(value) for name, value in settings.items()}
    return bare | {"PYTHONPATH": str(ROOT)} | given


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "bot", *words]


class Served:
    """`motcua serve` in `folder`; each start is a new process on the same port and database."""

    def __init__(self, folder: Path, database_url: str, **settings: object) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        given = {"demo": 0, "log_level": "INFO", "files_dir": folder / "files"} | settings
        self._environment = environment(database_url=database_url, port=self.port, **given)
        self._log = folder / "serve.log"
        self._out = folder / "serve.out"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns at once; see `ready`."""
        with self._log.open("ab") as log, self._out.open("ab") as out:
            self._process = subprocess.Popen(
                command("serve"),
                cwd=self.folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=log,
            )

    @property
    def running(self) -> bool:
        """Whether the process has not ended by itself."""
        return self._process is not None and self._process.poll() is None

    async def ready(self) -> None:
        """Until it answers. Raises when it ended instead."""
        async with asyncio.timeout(START_SECONDS), aiohttp.ClientSession() as session:
            while True:
                assert self.running, self.log
                try:
                    async with session.get(f"{self.url}/healthz") as answer:
                        await answer.read()
                        return
                except aiohttp.ClientError:
                    await asyncio.sleep(0.02)

    def kill(self) -> None:
        """No chance to put anything away."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None

    async def stop(self) -> int:
        """Ask it to end; the exit code. Raises TimeoutExpired when it takes too long."""
        assert self._process is not None
        self._process.terminate()
        code = await asyncio.to_thread(self._process.wait, STOP_SECONDS)
        self._process = None
        return code

    def put_away(self) -> None:
        """At the end of a test, however it went."""
        if self._process is not None:
            self.kill()

    @property
    def log(self) -> str:
        """What all its lives wrote to standard error."""
        return self._log.read_text(encoding="utf-8")

    @property
    def out(self) -> str:
        """What it told the operator."""
        return self._out.read_text(encoding="utf-8")

    def complaints(self) -> list[str]:
        """Log lines that an operator would have to look into."""
        return [line for line in self.log.splitlines() if line.strip() and _is_complaint(line)]


def _is_complaint(line: str) -> bool:
    if not line.startswith("{"):
        return True
    return json.loads(line)["level"] in ("error", "critical")
