"""The tables that a first letter needs, and the refusals of the database itself.

Receives an empty database; leaves the ledger of version 0001. Never edited once released: later changes are
later files.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NUMBER, HASH, INSTANT, DAY = sa.String(16), sa.String(64), sa.String(27), sa.String(10)
ANSWERS = "('final', 'not-ours')"
DEAD = "('refused', 'bounced', 'withdrawn')"


def upgrade() -> None:
    """Make tables, the index that allows one answer a letter, and the guards."""
    _intake()
    _letters()
    _sign_off()
    _outbox()
    _watching()
    _events()
    guards = _sqlite_guards() if op.get_bind().dialect.name == "sqlite" else _postgresql_guards()
    for statement in guards:
        op.execute(statement)


def _intake() -> None:
    op.create_table(
        "heads",
        sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1"), primary_key=True),
        sa.Column("numbers", sa.JSON, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("hash", HASH, nullable=False),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("ticked_at", INSTANT),
        sa.Column("adopt_from", INSTANT),
    )
    op.execute(f"INSERT INTO heads (id, numbers, seq, hash, fence) VALUES (1, '{{}}', 0, '{'0' * 64}', 0)")


def _few(name: str, table: str, column: str, where: str) -> None:
    """Make an index of the few rows that a pass asks for, which the engine cannot know to be few."""
    lite = where.replace("IS true", "IS 1")  # as the query is written there: the two must agree to the letter
    op.create_index(name, table, [column], sqlite_where=sa.text(lite), postgresql_where=sa.text(where))


def _letters() -> None:
    op.create_table(
        "letters",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("arrival", sa.Integer, nullable=False, unique=True),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("deliver_by", sa.String(8), nullable=False),
        sa.Column("nature", sa.Text),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("restricted", sa.JSON, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("promise", sa.Text, nullable=False),
        sa.Column("due_on", DAY, nullable=False),
        sa.Column("work_by", DAY, nullable=False),
        sa.Column("provisional", sa.Boolean, nullable=False),
        sa.Column("workday_table", sa.String(16), nullable=False),
        sa.Column("writer_name", sa.Text, nullable=False),
        sa.Column("writer_address", sa.Text),
        sa.Column("message_id", sa.Text),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("fields", sa.JSON, nullable=False),
        sa.Column("follows", NUMBER, sa.ForeignKey("letters.number")),
        sa.Column("repeats", NUMBER, sa.ForeignKey("letters.number")),
        sa.Column("greeted", sa.JSON, nullable=False),
        sa.Column("urgent", sa.JSON, nullable=False),
        sa.Column("people", sa.Integer, nullable=False),
        sa.Column("code_digest", HASH),
        sa.Column("code_key", HASH),
        sa.Column("answered_at", INSTANT),
        sa.Column("extended_days", sa.Integer, nullable=False),
        sa.Column("late_reason", sa.Text),
    )
    op.create_index("letters_by_state", "letters", ["state"])
    op.create_index("letters_by_writer", "letters", [sa.text("lower(writer_address)")])
    op.create_index("letters_by_message_id", "letters", ["message_id"])
    op.create_table(
        "requests",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("about", sa.String(16), nullable=False),
        sa.Column("letter", NUMBER, sa.ForeignKey("letters.number")),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("draft_version", sa.Integer),
        sa.Column("token_digest", HASH, nullable=False, unique=True),
        sa.Column("message_id", sa.Text, nullable=False, unique=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT),
        sa.Column("closed_by", sa.String(16)),
    )
    op.create_index("requests_by_letter", "requests", ["letter"])
    op.create_table(
        "arrivals",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("sha256", HASH, nullable=False),
        sa.Column("internaldate", INSTANT, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("logged_at", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("received_at", INSTANT),
        sa.Column("message_id", sa.Text),
        sa.Column("body_digest", HASH),
        sa.Column("disposition", sa.String(16)),
        sa.Column("rule", sa.Text),
        sa.Column("hits", sa.JSON),
        sa.Column("headers", sa.JSON),
        sa.Column("reason", sa.Text),
        sa.Column("quarantined", sa.Boolean, nullable=False),
        sa.Column("letter", NUMBER, sa.ForeignKey("letters.number")),
        sa.Column("request", sa.Integer, sa.ForeignKey("requests.id")),
        sa.Column("outbox", sa.Integer),
        sa.Column("handled_at", INSTANT),
        sa.Column("filed_at", INSTANT),
        sa.UniqueConstraint("sha256", "internaldate", name="one_arrival_of_the_same_bytes_and_time"),
    )
    op.create_index("arrivals_by_disposition", "arrivals", ["disposition", "handled_at"])
    op.create_index("arrivals_by_message_id", "arrivals", ["message_id"])
    op.create_index("arrivals_by_body", "arrivals", ["body_digest"])
    op.create_index("arrivals_not_filed", "arrivals", ["filed_at"])
    _few("arrivals_quarantined", "arrivals", "id", "quarantined IS true")
    op.create_table(
        "arrival_bytes",
        sa.Column("arrival", sa.Integer, sa.ForeignKey("arrivals.id"), primary_key=True),
        sa.Column("part", sa.Integer, primary_key=True),
        sa.Column("bytes", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "places",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("arrival", sa.Integer, sa.ForeignKey("arrivals.id"), nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("folder", sa.Text, nullable=False),
        sa.Column("uidvalidity", sa.BigInteger, nullable=False),
        sa.Column("uid", sa.BigInteger, nullable=False),
        sa.Column("claimed_size", sa.BigInteger, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.UniqueConstraint("account", "folder", "uidvalidity", "uid", "arrival", name="one_row_a_place"),
    )
    op.create_index("places_by_arrival", "places", ["arrival"])
    op.create_table(
        "folders",
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("folder", sa.Text, primary_key=True),
        sa.Column("uidvalidity", sa.BigInteger, nullable=False),
        sa.Column("uidnext", sa.BigInteger, nullable=False),
        sa.Column("mails", sa.BigInteger, nullable=False),
        sa.Column("looked_through_at", INSTANT, nullable=False),
    )
    op.create_table(
        "unread",
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("folder", sa.Text, primary_key=True),
        sa.Column("uidvalidity", sa.BigInteger, primary_key=True),
        sa.Column("uid", sa.BigInteger, primary_key=True),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("next_try", INSTANT, nullable=False),
    )


def _sign_off() -> None:
    op.create_table(
        "drafts",
        sa.Column("letter", NUMBER, sa.ForeignKey("letters.number"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("attachments", sa.JSON, nullable=False),
        sa.Column("digest", HASH, nullable=False),
        sa.Column("arrival", sa.Integer, sa.ForeignKey("arrivals.id")),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("opinion", sa.Text, nullable=False),
        sa.Column("extension_days", sa.Integer, nullable=False),
    )
    op.create_table(
        "draft_files",
        sa.Column("letter", NUMBER, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("sha256", HASH, nullable=False),
        sa.Column("bytes", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(["letter", "version"], ["drafts.letter", "drafts.version"]),
    )
    op.create_table(
        "sign_offs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("letter", NUMBER, nullable=False),
        sa.Column("draft_version", sa.Integer, nullable=False),
        sa.Column("digest", HASH, nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("request", sa.Integer, sa.ForeignKey("requests.id"), nullable=False),
        sa.Column("arrival", sa.Integer, sa.ForeignKey("arrivals.id"), nullable=False),
        sa.Column("proof", sa.Text, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("header", sa.Text, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["letter", "draft_version"], ["drafts.letter", "drafts.version"]),
        sa.UniqueConstraint("letter", "draft_version", name="one_sign_off_a_draft"),
    )
    op.create_table(
        "code_uses",
        sa.Column("person", sa.Text, primary_key=True),
        sa.Column("secret_digest", HASH, nullable=False),
        sa.Column("last_step", sa.BigInteger, nullable=False),
        sa.Column("wrong", sa.Integer, nullable=False),
    )
    op.create_table(
        "absences",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("stand_in", sa.Text, nullable=False),
        sa.Column("until", DAY, nullable=False),
        sa.Column("arrival", sa.Integer, sa.ForeignKey("arrivals.id"), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
    )
    op.create_table(
        "probes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("request", sa.Integer, sa.ForeignKey("requests.id"), nullable=False),
        sa.Column("trial", sa.Text, nullable=False),
        sa.Column("proof", sa.Text, nullable=False),
        sa.Column("proved", sa.Boolean, nullable=False),
        sa.Column("position", sa.Integer),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("purpose", sa.String(20)),
        sa.Column("audience", sa.String(8), nullable=False),
        sa.Column("letter", NUMBER, sa.ForeignKey("letters.number")),
        sa.Column("person", sa.Text),
        sa.Column("recipient", sa.Text),
        sa.Column("sign_off", sa.Integer, sa.ForeignKey("sign_offs.id")),
        sa.Column("digest", HASH),
        sa.Column("arguments", sa.JSON, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("message_id", sa.Text, unique=True),
        sa.Column("rewritten_id", sa.Text),
        sa.Column("raw", sa.LargeBinary),
        sa.Column("body_digest", HASH),
        sa.Column("planned_at", INSTANT, nullable=False),
        sa.Column("not_before", INSTANT, nullable=False),
        sa.Column("handed_over_at", INSTANT),
        sa.Column("settled_at", INSTANT),
        sa.Column("witnessed_at", INSTANT),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("words_again", sa.Integer, nullable=False),
        sa.Column("unknowns", sa.Integer, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("word", sa.String(16)),
        sa.Column("word_by", sa.Text),
        sa.CheckConstraint(
            "(audience = 'writer') = (kind IN ('acknowledgement', 'reply', 'survey'))", name="who_reads_which_kind"
        ),
        sa.CheckConstraint(
            "kind <> 'reply' OR (letter IS NOT NULL AND purpose IS NOT NULL AND sign_off IS NOT NULL "
            "AND digest IS NOT NULL AND recipient IS NOT NULL)",
            name="no_reply_without_a_sign_off",
        ),
        # A mail to a writer is a template or a signed text: it takes nothing that a person typed.
        sa.CheckConstraint("audience <> 'writer' OR CAST(arguments AS TEXT) = '{}'", name="no_words_beside_a_sign_off"),
    )
    op.create_index("outbox_by_state", "outbox", ["state", "not_before"])
    op.create_index("outbox_by_kind", "outbox", ["state", "kind", "letter"])  # what was refused is never tidied away
    op.create_index("outbox_by_letter", "outbox", ["letter"])
    op.create_index("outbox_by_recipient", "outbox", ["recipient", "kind"])
    op.create_index("outbox_by_hand_over", "outbox", ["handed_over_at"])
    op.create_index("outbox_by_purpose", "outbox", ["purpose", "state"])
    _few("outbox_by_rewritten_id", "outbox", "rewritten_id", "rewritten_id IS NOT NULL")
    _few("outbox_by_word", "outbox", "id", "word IS NOT NULL")
    alive = f"kind = 'reply' AND purpose IN {ANSWERS} AND state NOT IN {DEAD}"
    op.create_index(
        "one_answer_a_letter",
        "outbox",
        ["letter"],
        unique=True,
        sqlite_where=sa.text(alive),
        postgresql_where=sa.text(alive),
    )


def _watching() -> None:
    op.create_table(
        "standing",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("until", INSTANT),
        sa.Column("detail", sa.Text, nullable=False),
    )
    op.create_table(
        "nudges",
        sa.Column("letter", NUMBER, sa.ForeignKey("letters.number"), primary_key=True),
        sa.Column("action", sa.String(16), primary_key=True),
        sa.Column("on", DAY, primary_key=True),
        sa.Column("person", sa.Text, primary_key=True),
        sa.Column("at", INSTANT, nullable=False),
    )
    op.create_table(
        "votes",
        sa.Column("letter", NUMBER, sa.ForeignKey("letters.number"), primary_key=True),
        sa.Column("arrival", sa.Integer, sa.ForeignKey("arrivals.id"), primary_key=True),
        sa.Column("vote", sa.String(16), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
    )
    op.create_table(
        "tallies",
        sa.Column("letter", NUMBER, sa.ForeignKey("letters.number"), primary_key=True),
        sa.Column("received_on", DAY, nullable=False),
        sa.Column("due_on", DAY, nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("days", sa.Integer, nullable=False),
        sa.Column("surveyed", sa.Boolean, nullable=False),
        sa.Column("vote", sa.String(16), nullable=False),
        sa.Column("people", sa.Integer, nullable=False),
    )
    op.create_index("tallies_by_receipt", "tallies", ["received_on"])
    op.create_index("tallies_by_outcome", "tallies", ["outcome"])
    op.create_table(
        "sums",
        sa.Column("outcome", sa.String(16), primary_key=True),
        sa.Column("days", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("surveyed", sa.Boolean, primary_key=True),
        sa.Column("vote", sa.String(16), primary_key=True),
        sa.Column("letters", sa.Integer, nullable=False),
        sa.Column("people", sa.Integer, nullable=False),
    )


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("letter", NUMBER),
        sa.Column("digest", HASH, nullable=False),
        sa.Column("prev", HASH, nullable=False),
        sa.Column("hash", HASH, nullable=False, unique=True),
    )
    op.create_index("events_by_letter", "events", ["letter"])
    op.create_table(
        "event_data",
        sa.Column("seq", sa.Integer, sa.ForeignKey("events.seq"), primary_key=True, autoincrement=False),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
    )


# What may never change. event_data and arrival_bytes may be erased, never changed; places and requests are no record.
FROZEN = {
    "heads": ("DELETE",),
    "arrivals": ("DELETE",),
    "arrival_bytes": ("UPDATE",),
    "letters": ("DELETE",),
    "drafts": ("UPDATE", "DELETE"),
    "draft_files": ("UPDATE",),
    "sign_offs": ("UPDATE", "DELETE"),
    "outbox": ("DELETE",),
    "votes": ("UPDATE", "DELETE"),
    "events": ("UPDATE", "DELETE"),
    "event_data": ("UPDATE",),
}
# A reply must carry exactly what was signed off: this letter, this text, this recipient, this purpose. The other mail
# to a writer, which holds the query code, goes to the address that the letter came from.
UNSIGNED = """(NEW.kind = 'reply' AND NOT EXISTS (
    SELECT 1 FROM sign_offs s WHERE s.id = NEW.sign_off AND s.letter = NEW.letter AND s.digest = NEW.digest
    AND s.recipient = NEW.recipient AND s.purpose = NEW.purpose))
    OR (NEW.audience = 'writer' AND NEW.kind <> 'reply' AND NOT EXISTS (
    SELECT 1 FROM letters l WHERE l.number = NEW.letter AND l.writer_address = NEW.recipient))"""
# A sign-off must be of a draft as it stands in the ledger, by the person who was asked about that draft.
NO_SUCH_DRAFT = """NOT EXISTS (
    SELECT 1 FROM drafts d WHERE d.letter = NEW.letter AND d.version = NEW.draft_version AND d.digest = NEW.digest
    AND d.recipient = NEW.recipient AND d.purpose = NEW.purpose)
    OR NOT EXISTS (
    SELECT 1 FROM requests r WHERE r.id = NEW.request AND r.kind = 'sign-off-request' AND r.letter = NEW.letter
    AND r.draft_version = NEW.draft_version AND r.person = NEW.person)"""
# Who a mail is to and what it says is settled when its bytes are made; they may be dropped later, never come back. What
# was accepted is never sent again, and what was withdrawn needs another sign-off.
MADE = (
    "message_id",
    "body_digest",
    "audience",
    "letter",
    "person",
    "recipient",
    "purpose",
    "sign_off",
    "digest",
)
REWRITTEN = f"""NEW.kind <> OLD.kind OR NEW.key <> OLD.key
    OR (OLD.message_id IS NOT NULL AND (
    (NEW.raw IS NOT NULL AND (OLD.raw IS NULL OR NEW.raw <> OLD.raw))
    OR {" OR ".join(f"NEW.{column} {{differs}} OLD.{column}" for column in MADE)}))
    OR (OLD.state = 'accepted' AND NEW.state NOT IN ('accepted', 'bounced'))
    OR (OLD.state = 'withdrawn' AND NEW.state <> 'withdrawn')"""
# An arrival is its bytes and its time.
ANOTHER_MAIL = """NEW.id <> OLD.id OR NEW.sha256 <> OLD.sha256 OR NEW.internaldate <> OLD.internaldate
    OR NEW.size <> OLD.size OR NEW.logged_at <> OLD.logged_at"""
# What was erased must not be written anew; and INSERT OR REPLACE would be a change.
SECOND_BYTES = "EXISTS (SELECT 1 FROM arrival_bytes b WHERE b.arrival = NEW.arrival AND b.part = NEW.part)"
SECOND_DATA = """EXISTS (SELECT 1 FROM event_data d WHERE d.seq = NEW.seq)
    OR NEW.seq < (SELECT MAX(seq) FROM events)"""
# name, table, verb, when it refuses, what it says
CONDITIONS = (
    ("arrivals_keep_identity", "arrivals", "UPDATE", ANOTHER_MAIL, "an arrival never becomes another mail"),
    ("arrival_bytes_once", "arrival_bytes", "INSERT", SECOND_BYTES, "the bytes of a mail never change"),
    ("sign_offs_of_a_draft", "sign_offs", "INSERT", NO_SUCH_DRAFT, "a sign-off needs the draft it signs"),
    ("outbox_signed_insert", "outbox", "INSERT", UNSIGNED, "a reply needs a sign-off of exactly its text"),
    ("outbox_signed_update", "outbox", "UPDATE", UNSIGNED, "a reply needs a sign-off of exactly its text"),
    ("outbox_bytes_update", "outbox", "UPDATE", REWRITTEN, "the bytes of a mail never change"),
    ("event_data_once", "event_data", "INSERT", SECOND_DATA, "event_data never change"),
)


def _guards() -> list[tuple[str, str, str, str, str]]:
    frozen = [
        (f"{table}_refuse_{verb.lower()}", table, verb, "TRUE", f"{table} never change")
        for table, verbs in FROZEN.items()
        for verb in verbs
    ]
    return [*frozen, *CONDITIONS]


def _sqlite_guards() -> list[str]:
    return [
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {when.replace('{differs}', 'IS NOT')} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        for name, table, verb, when, message in _guards()
    ]


def _postgresql_guards() -> list[str]:
    statements = []
    for name, table, verb, when, message in _guards():
        statements += _postgresql_trigger(name, table, verb, when.replace("{differs}", "IS DISTINCT FROM"), message)
    for table in FROZEN:
        name, message = f"{table}_refuse_truncate", f"{table} never change"
        statements += _postgresql_trigger(name, table, "TRUNCATE", "TRUE", message, each="STATEMENT")
    return statements


def _postgresql_trigger(name: str, table: str, verb: str, when: str, message: str, each: str = "ROW") -> list[str]:
    going_on = "OLD" if verb == "DELETE" else "NEW"
    function = (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {when} THEN RAISE EXCEPTION '{message}'; END IF; "
        f"RETURN {going_on if each == 'ROW' else 'NULL'}; END $$"
    )
    return [function, f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH {each} EXECUTE FUNCTION {name}()"]
