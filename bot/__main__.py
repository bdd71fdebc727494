"""`python -m bot` and the `motcua` command."""

import signal

signal.signal(signal.SIGINT, signal.SIG_DFL)  # until everything is imported, Ctrl-C just ends

from bot.cli import main  # noqa: E402

signal.signal(signal.SIGINT, signal.default_int_handler)

if __name__ == "__main__":
    main()
