"""`python -m bot.catalog.compile CACHE FOLDER…`: read the folders and keep the result in the cache.

Exit 0; or 1 with the faults on standard output as JSON, one object each.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from bot.catalog.kept import load_kept
from procedures_catalog.load import CatalogFaults


def main(cache: str, *folders: str) -> int:
    """See the module."""
    try:
        load_kept([Path(folder) for folder in folders], Path(cache))
    except CatalogFaults as fault:
        print(json.dumps([asdict(one) | {"file": str(one.file)} for one in fault.faults], ensure_ascii=False))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
