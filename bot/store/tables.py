"""Every table on one page.

Columns hold what is asked for; the rest of a value is JSON kept as text, because the order of answers matters.
Times are UTC, ids are uuid7, `seq` numbers rows in the order of arrival and is never used twice.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
)
from sqlalchemy.sql.elements import ColumnElement

from bot.store.types import AddressText, Sequence64, Typed, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def is_state(column: ColumnElement[str], *states: str) -> ColumnElement[bool]:
    """`column` is one of `states`, spelled out: a bound value would hide the partial index from the planner."""
    return column.in_([literal_column(f"'{state}'") for state in states])


inbox = Table(
    "inbox",
    metadata,
    Column("seq", Sequence64, primary_key=True, autoincrement=True),
    Column("channel", Text, nullable=False),
    Column("platform_id", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("place", Sequence64, nullable=False),
    Column("state", Text, nullable=False),
    Column("body", Text),
    Column("tries", Integer, nullable=False),
    Column("error", Text),
    Column("received_at", UtcDateTime, nullable=False),
    UniqueConstraint("channel", "platform_id"),
    sqlite_autoincrement=True,
)
_waiting = is_state(inbox.c.state, "waiting")
_aside = is_state(inbox.c.state, "aside")
Index("ix_inbox_lane", inbox.c.lane, inbox.c.place, inbox.c.seq, sqlite_where=_waiting, postgresql_where=_waiting)
Index("ix_inbox_waiting", inbox.c.seq, sqlite_where=_waiting, postgresql_where=_waiting)
Index("ix_inbox_aside", inbox.c.seq, sqlite_where=_aside, postgresql_where=_aside)
Index("ix_inbox_received_at", inbox.c.received_at)

outbox = Table(
    "outbox",
    metadata,
    Column("seq", Sequence64, primary_key=True, autoincrement=True),
    Column("channel", Text, nullable=False),
    Column("address", AddressText, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("body", Text),
    Column("state", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("once", Text, unique=True),
    Column("held_until", UtcDateTime),
    Column("case_id", Text),
    Column("reason", Text),
    Column("platform_id", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    sqlite_autoincrement=True,
)
_open = is_state(outbox.c.state, "waiting", "sending")
_parked = is_state(outbox.c.state, "parked")
_failed = is_state(outbox.c.state, "failed")
_of_case = outbox.c.case_id.is_not(None)
Index("ix_outbox_line", outbox.c.address, outbox.c.rank, outbox.c.seq, sqlite_where=_open, postgresql_where=_open)
Index("ix_outbox_ready", outbox.c.rank, outbox.c.seq, sqlite_where=_open, postgresql_where=_open)
Index("ix_outbox_parked", outbox.c.address, sqlite_where=_parked, postgresql_where=_parked)
Index("ix_outbox_failed", outbox.c.seq, sqlite_where=_failed, postgresql_where=_failed)
Index("ix_outbox_created_at", outbox.c.created_at)
Index("ix_outbox_address", outbox.c.address, outbox.c.seq)
Index("ix_outbox_case_id", outbox.c.case_id, sqlite_where=_of_case, postgresql_where=_of_case)

sessions = Table(
    "sessions",
    metadata,
    Column("address", AddressText, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("answers_at", UtcDateTime),
)
_answers = sessions.c.answers_at.is_not(None)
Index("ix_sessions_answers_at", sessions.c.answers_at, sqlite_where=_answers, postgresql_where=_answers)

persons = Table(
    "persons",
    metadata,
    Column("id", Text, primary_key=True),
    Column("lang", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

addresses = Table(
    "addresses",
    metadata,
    Column("address", AddressText, primary_key=True),
    Column("person_id", ForeignKey("persons.id"), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
)

consents = Table(
    "consents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person_id", ForeignKey("persons.id"), nullable=False, index=True),
    Column("what", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

officers = Table(
    "officers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("login", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("offices", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("failed_logins", Integer, nullable=False),
    Column("locked_until", UtcDateTime),
    Column("person_id", ForeignKey("persons.id"), unique=True),
    Column("lang", Text, nullable=False),
)

desk_sessions = Table(
    "desk_sessions",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("officer_id", ForeignKey("officers.id"), nullable=False, index=True),
    Column("csrf", Text, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("id", Text, primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("office", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("person_id", ForeignKey("persons.id"), index=True),
    Column("name", Typed),
    Column("phone", Typed),
    Column("anonymous", Boolean, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("due", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
)
Index("ix_cases_office", cases.c.office, cases.c.status, cases.c.due)

case_events = Table(
    "case_events",
    metadata,
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("by_kind", Text, nullable=False),
    Column("by_id", Text, nullable=False),
    Column("by_name", Typed),
    Column("body", Text, nullable=False),
    PrimaryKeyConstraint("case_id", "number"),
)

checklists = Table(
    "checklists",
    metadata,
    Column("person_id", ForeignKey("persons.id"), nullable=False),
    Column("procedure", Text, nullable=False),
    Column("way", Text, nullable=False),
    Column("decision", Text, nullable=False),
    Column("ticked", Text, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("person_id", "procedure", "way"),
)

links = Table(
    "links",
    metadata,
    Column("code_hash", Text, primary_key=True),
    Column("person_id", ForeignKey("persons.id"), index=True),
    Column("officer_id", ForeignKey("officers.id"), index=True),
    Column("issued_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)

link_tries = Table(
    "link_tries",
    metadata,
    Column("id", Text, primary_key=True),
    Column("address", AddressText, nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False, index=True),
)

files = Table(
    "files",
    metadata,
    Column("id", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("remote", Text),
    Column("kind", Text, nullable=False),
    Column("name", Typed),
    Column("mime", Typed),
    Column("size", Sequence64),
    Column("digest", Text, index=True),
    Column("person_id", ForeignKey("persons.id"), index=True),
    Column("case_id", ForeignKey("cases.id"), index=True),
    Column("tries", Integer, nullable=False),
    Column("refused", Text),
    Column("held_until", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
)
_wanted = files.c.digest.is_(None)
Index("ix_files_wanted", files.c.created_at, sqlite_where=_wanted, postgresql_where=_wanted)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("held_until", UtcDateTime, nullable=False),
)
