"""A national catalog: importing, loading and serving as many procedures as there are, beside doing it barely.

The records are invented and as long as real ones; `MOTCUA_BENCH_RECORDS` names a real file instead.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import startup
from tests.faults.process import ROOT, command, environment

RECORDS = 2_834
_SYLLABLES = (
    "đăng",
    "ký",
    "cấp",
    "giấy",
    "phép",
    "xác",
    "nhận",
    "hồ",
    "sơ",
    "thủ",
    "tục",
    "công",
    "dân",
    "cư",
    "trú",
)
_IMPORT_BARE = """
import gzip, json, sys, yaml, pathlib
out = pathlib.Path(sys.argv[2])
opened = gzip.open if sys.argv[1].endswith(".gz") else open
for line in opened(sys.argv[1], "rt", encoding="utf-8"):
    record = json.loads(line)
    (out / f"{record['code']}.yaml").write_bytes(
        yaml.dump(record, Dumper=yaml.CSafeDumper, allow_unicode=True, encoding="utf-8"))
"""
_LOAD = """
import sys, time, pathlib
from bot.catalog.kept import load_kept
started = time.perf_counter()
catalog = load_kept([pathlib.Path(one) for one in sys.argv[2:]], pathlib.Path(sys.argv[1]))
print(time.perf_counter() - started, len(catalog.procedures))
"""
_LOAD_BARE = """
import sys, time, pathlib, yaml
started = time.perf_counter()
for path in pathlib.Path(sys.argv[1]).rglob("*.yaml"):
    yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
print(time.perf_counter() - started, 0)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One figure and its baseline, both in `unit`, and what it may be at most on two cores with nothing beside."""

    name: str
    unit: str
    ours: float
    baseline: float
    beside: str
    limit: float


def measure() -> list[Measured]:
    """About a minute and a half."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = _source(folder)
        drafts, bare = folder / "drafts", folder / "bare"
        bare.mkdir()
        imported = _seconds(command("catalog", "import", str(source), "--out", str(drafts)), folder)
        imported_bare = _seconds([sys.executable, "-c", _IMPORT_BARE, str(source), str(bare)], folder)
        layers = [
            str(ROOT / "procedures_catalog" / "data"),
            str(drafts),
            str(ROOT / "deployments" / "xa-truc-ninh"),
        ]
        load = [sys.executable, "-c", _LOAD, str(folder / "cache"), *layers]
        cold, kept = _told(load, folder), _told(load, folder)
        cold_bare = _told([sys.executable, "-c", _LOAD_BARE, str(drafts)], folder)
        serving = startup.serve(folder, "--catalog", str(drafts))
        return [
            Measured(
                name="import",
                unit="s",
                ours=imported,
                baseline=imported_bare,
                beside="JSON → YAML, unread",
                limit=60,
            ),
            Measured(
                name="load, cold",
                unit="s",
                ours=cold,
                baseline=cold_bare,
                beside="yaml.load of the drafts",
                limit=6,
            ),
            Measured(name="load, kept", unit="s", ours=kept, baseline=cold, beside="load, cold", limit=0.5),
            Measured(
                name="memory serving",
                unit="MiB",
                ours=serving.memory_mib,
                baseline=startup.serve(folder).memory_mib,
                beside="serving the shipped catalog",
                limit=180,
            ),
        ]


def _source(folder: Path) -> Path:
    if named := os.environ.get("MOTCUA_BENCH_RECORDS"):
        return Path(named).resolve()
    file = folder / "records.jsonl.gz"
    with gzip.open(file, "wt", encoding="utf-8", compresslevel=1) as written:
        for record in _records(random.Random(1)):
            written.write(json.dumps(record, ensure_ascii=False) + "\n")
    return file


def _records(chance: random.Random) -> Iterator[dict[str, Any]]:
    def words(count: int) -> str:
        return " ".join(chance.choices(_SYLLABLES, k=count)).capitalize()

    for number in range(RECORDS):
        yield {
            "code": f"9.{number:06}",
            "name": f"{words(14)} {number}",
            "field": f"Lĩnh vực {number % 160}",
            "level": ["tỉnh", "xã"],
            "agency": words(6),
            "decision": f"{number}/QĐ-MAU",
            "subjects": ["Công dân Việt Nam"],
            "steps": [words(90) for _ in range(6)],
            "channels": [
                {
                    "mode": mode,
                    "time_limit": f"{chance.randint(1, 30)} Ngày làm việc",
                    "fee": "Miễn phí",
                    "note": words(20),
                }
                for mode in ("direct", "online", "postal")
            ],
            "documents": [
                {
                    "case": words(5) if case else "",
                    "name": words(22),
                    "original": 1,
                    "copy": 0,
                    "form": "Mẫu 01.docx",
                }
                for case in (False, False, True, True, True)
            ],
            "result": [words(8)],
            "legal_basis": [{"code": f"{law}/2026/NĐ-CP", "name": words(16)} for law in range(4)],
            "requirements": words(60),
            "source": {"site": "mau.gov.vn", "date": "2026-06-10"},
        }


def _seconds(words: list[str], folder: Path) -> float:
    started = time.perf_counter()
    subprocess.run(words, cwd=folder, env=environment(), check=True, capture_output=True)
    return time.perf_counter() - started


def _told(words: list[str], folder: Path) -> float:
    done = subprocess.run(words, cwd=folder, env=environment(), check=True, capture_output=True, text=True)
    return float(done.stdout.split()[0])
