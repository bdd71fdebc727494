"""How long until the first page is served and what it takes in memory, beside a library that only gets ready."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.fakes.telegram import TOKEN
from tests.faults.process import ROOT, command, environment, free_port

ROUNDS = 3
BARE = (
    "from telegram.ext import ApplicationBuilder;"
    f"ApplicationBuilder().token({TOKEN!r}).updater(None).build(); print('ready', flush=True); input()"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Medians."""

    name: str
    seconds: float
    cpu: float
    memory_mib: float


def measure() -> list[Start]:
    """Ours on an existing database, then a bare python-telegram-bot application; the rounds take turns."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        serve(folder)  # makes the database and the kept catalog
        ours, bare = [], []
        for _ in range(ROUNDS):
            ours.append(serve(folder))
            bare.append(_bare(folder))
    return [_middle("motcua serve", ours), _middle("python-telegram-bot, built", bare)]


def _middle(name: str, starts: list[Start]) -> Start:
    return Start(
        name=name,
        seconds=median(one.seconds for one in starts),
        cpu=median(one.cpu for one in starts),
        memory_mib=median(one.memory_mib for one in starts),
    )


def serve(folder: Path, *words: str) -> Start:
    """Start `motcua serve` with these options in a folder, wait for its first page, and end it."""
    port = free_port()
    settings = environment(
        database_url=f"sqlite+aiosqlite:///{folder / 'motcua.db'}", files_dir=folder, port=port, demo=0
    )
    started = time.perf_counter()
    process = subprocess.Popen(
        command("serve", *words), cwd=folder, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while not _answers(f"http://127.0.0.1:{port}/"):
        assert process.poll() is None
        time.sleep(0.01)
    return _ended(process, time.perf_counter() - started)


def _bare(folder: Path) -> Start:
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", BARE],
        cwd=folder,
        env=environment() | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdin, process.stdout:
        process.stdout.readline()
        return _ended(process, time.perf_counter() - started)


def _ended(process: subprocess.Popen[bytes], seconds: float) -> Start:
    # Not ru_maxrss: a child begins with what its parent held.
    status_lines = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii").splitlines()
    peak_kib = next(int(line.split()[1]) for line in status_lines if line.startswith("VmHWM:"))
    process.terminate()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Start(name="", seconds=seconds, cpu=used.ru_utime + used.ru_stime, memory_mib=peak_kib / 1024)


def _answers(url: str) -> bool:
    with contextlib.suppress(urllib.error.URLError, ConnectionError), urllib.request.urlopen(url) as page:
        page.read()
        return True
    return False
