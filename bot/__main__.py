"""`python -m bot` and the `motcua` command."""

import signal

_was = signal.getsignal(signal.SIGINT)
if _was is signal.default_int_handler:  # not where whoever started us wants interrupts ignored
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # until everything is imported, Ctrl-C just ends

from bot.cli import main  # noqa: E402

signal.signal(signal.SIGINT, _was)

if __name__ == "__main__":
    main()
