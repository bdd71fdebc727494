"""What can go wrong with the storage, each in one sentence an operator can act on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, TimeoutError


class StoreError(Exception):
    """The storage cannot do what is asked; the message says why and holds no personal data."""


class StoreBusy(StoreError):
    """Somebody else holds what is needed; trying again later may help."""


class Conflict(StoreError):
    """The row was changed by somebody else since it was read; nothing was written."""


_BUSY = ("database is locked", "deadlock", "could not serialize", "too many connections", "too many clients")
_TOLD = (
    ("unable to open", "The database file cannot be opened; check that its folder exists and may be written."),
    ("readonly", "The database file may not be written by this user."),
    ("read-only", "The database may not be written by this user."),
    ("disk is full", "The disk is full; nothing more can be stored."),
    ("no space left", "The disk is full; nothing more can be stored."),
    ("disk i/o error", "The disk does not read or write the database file."),
    ("not a database", "The database file is not a SQLite database."),
    ("malformed", "The database file is damaged; restore it from a backup."),
    ("no such table", "The database is empty or of an older release; run the migrations first."),
    ("undefinedtable", "The database is empty or of an older release; run the migrations first."),
    ("no such column", "The database is of an older release; run the migrations first."),
    ("undefinedcolumn", "The database is of an older release; run the migrations first."),
    ("invalidpassword", "PostgreSQL refuses the user or the password of the database URL."),
    ("invalidauthorization", "PostgreSQL refuses the user or the password of the database URL."),
    ("invalidcatalogname", "PostgreSQL has no database of the name in the database URL."),
    ("connectiondoesnotexist", "The connection to PostgreSQL was lost."),
    ("connection is closed", "The connection to PostgreSQL was lost."),
    ("connection was closed", "The connection to PostgreSQL was lost."),
    ("adminshutdown", "PostgreSQL is shutting down."),
    ("cannotconnectnow", "PostgreSQL is starting up or shutting down."),
)


@contextmanager
def explaining() -> Iterator[None]:
    """Turn a driver's error into its sentence; what is our own mistake stays loud."""
    try:
        yield
    except TimeoutError as error:
        raise StoreBusy("Every connection to the database is in use; try again.") from error
    except DBAPIError as error:
        told = _explained(error)
        if told is None:
            raise
        raise told from error


def _explained(error: DBAPIError) -> StoreError | None:
    cause = error.orig.__cause__ if error.orig else None  # the driver's own error, whose class tells most
    text = f"{type(cause).__name__} {error.orig}".lower()
    if any(sign in text for sign in _BUSY):
        return StoreBusy("The database is busy with somebody else's writing; try again.")
    for sign, sentence in _TOLD:
        if sign in text:
            return StoreError(sentence)
    if type(cause).__name__ == "DataError":
        return None  # asyncpg's word for a value it cannot send: our mistake, which trying again does not mend
    if isinstance(error, (OperationalError, InterfaceError)):
        return StoreError(f"The database failed: {type(error.orig).__name__}.")
    return None
