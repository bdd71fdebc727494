"""`python -m tests.bench`: how fast, beside baselines of the same run. Only ratios travel between machines."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table

from tests.bench import catalog, messages, search, startup

out = Console(soft_wrap=True)


def main() -> None:
    """About three minutes."""
    out.print("[bold]Search[/bold]")
    searched = search.measure()
    table = Table("", "p50 ms", "p99 ms", "right at once")
    for row in (searched.ours, searched.baseline):
        table.add_row(row.name, f"{row.p50_ms:.2f}", f"{row.p99_ms:.2f}", f"{row.right:.0%}")
    table.add_row(
        "ratio",
        f"{searched.ours.p50_ms / searched.baseline.p50_ms:.1f}",
        f"{searched.ours.p99_ms / searched.baseline.p99_ms:.1f}",
        "",
    )
    out.print(table)

    out.print("[bold]Messages a second[/bold], received, stored, answered and sent; the echo stores nothing")
    rates = messages.measure()
    table = Table("", "messages/s (median)", "rounds", "ratio to the echo")
    for rate in rates:
        rounds = ", ".join(f"{one:.0f}" for one in rate.rounds)
        table.add_row(rate.name, f"{rate.median:.0f}", rounds, f"{rate.median / rates[0].median:.2f}")
    out.print(table)

    out.print("[bold]Start[/bold], until the first answer")
    starts = startup.measure()
    table = Table("", "seconds (median)", "CPU seconds", "peak memory MiB")
    for start in starts:
        table.add_row(start.name, f"{start.seconds:.2f}", f"{start.cpu:.2f}", f"{start.memory_mib:.0f}")
    ours, bare = starts
    table.add_row(
        "ratio",
        f"{ours.seconds / bare.seconds:.2f}",
        f"{ours.cpu / bare.cpu:.2f}",
        f"{ours.memory_mib / bare.memory_mib:.2f}",
    )
    out.print(table)

    out.print(f"[bold]A catalog of {catalog.RECORDS} drafts[/bold]")
    table = Table("", "ours", "at most", "baseline", "ratio", "baseline is")
    measured = catalog.measure()
    for one in measured:
        table.add_row(
            f"{one.name}, {one.unit}",
            f"{one.ours:.2f}",
            f"{one.limit:g}",
            f"{one.baseline:.2f}",
            f"{one.ours / one.baseline:.2f}",
            one.beside,
        )
    out.print(table)
    if over := [one.name for one in measured if one.ours > one.limit]:
        sys.exit(f"over the limit: {', '.join(over)}")


if __name__ == "__main__":
    main()
