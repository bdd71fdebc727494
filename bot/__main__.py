"""`python -m bot` and the `motcua` command."""

from bot.cli import main

if __name__ == "__main__":
    main()
