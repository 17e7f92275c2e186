"""The ledger's tables as the code sees them; the migrations made them and a test compares the two.

A later column is a later migration. Rows of arrivals' identity, drafts, sign-offs and events never change:
the triggers in the migrations see to that, whatever the code does.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from mailbox_worker.ledger.columns import Day, Instant

SCHEMA = "0001"  # the newest migration; a ledger at another one is migrated when it is opened

metadata = MetaData()

heads = Table(
    "heads",
    metadata,
    Column("id", Integer, primary_key=True),  # always 1: every writing transaction locks this row first
    Column("numbers", JSON, nullable=False),  # year of receipt -> last number given
    Column("seq", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("fence", Integer, nullable=False, default=0),  # which worker's turn it is; see Ledger.alone
    Column("ticked_at", Instant),  # the last pass by the real clock
    Column("adopt_from", Instant),  # older mail was there before us and is left where it lies
)

arrivals = Table(
    "arrivals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("internaldate", Instant, nullable=False),
    Column("size", Integer, nullable=False),
    Column("logged_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("received_at", Instant),
    Column("message_id", Text),
    Column("body_digest", String(64)),
    Column("disposition", String(16)),
    Column("rule", Text),
    Column("hits", JSON),
    Column("headers", JSON),  # the header lines that the deciding rule went by
    Column("reason", Text),
    Column("quarantined", Boolean, nullable=False, default=False),
    Column("letter", String(16), ForeignKey("letters.number")),
    Column("request", Integer, ForeignKey("requests.id")),
    Column("outbox", Integer),  # the mail of ours that this is a copy of, or a report about
    Column("handled_at", Instant),
    Column("filed_at", Instant),
    UniqueConstraint("sha256", "internaldate", name="one_arrival_of_the_same_bytes_and_time"),
)

arrival_bytes = Table(
    "arrival_bytes",
    metadata,
    Column("arrival", Integer, ForeignKey("arrivals.id"), primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("bytes", LargeBinary, nullable=False),
)

places = Table(
    "places",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("arrival", Integer, ForeignKey("arrivals.id"), nullable=False),
    Column("account", Text, nullable=False),
    Column("folder", Text, nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("claimed_size", BigInteger, nullable=False),  # bytes, as the server says; some say it wrongly
    Column("seen_at", Instant, nullable=False),
    UniqueConstraint("account", "folder", "uidvalidity", "uid", "arrival", name="one_row_a_place"),
)

folders = Table(
    "folders",
    metadata,
    Column("account", Text, primary_key=True),
    Column("folder", Text, primary_key=True),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uidnext", BigInteger, nullable=False),
    Column("mails", BigInteger, nullable=False),
    Column("looked_through_at", Instant, nullable=False),
)

unread = Table(
    "unread",
    metadata,
    Column("account", Text, primary_key=True),
    Column("folder", Text, primary_key=True),
    Column("uidvalidity", BigInteger, primary_key=True),
    Column("uid", BigInteger, primary_key=True),
    Column("tries", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("next_try", Instant, nullable=False),
)

letters = Table(
    "letters",
    metadata,
    Column("number", String(16), primary_key=True),
    Column("arrival", Integer, nullable=False, unique=True),
    Column("channel", String(8), nullable=False),
    Column("deliver_by", String(8), nullable=False),
    Column("nature", Text),
    Column("category", Text, nullable=False),
    Column("restricted", JSON, nullable=False),  # ids of people who may not see it
    Column("state", String(20), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("promise", Text, nullable=False),
    Column("due_on", Day, nullable=False),
    Column("work_by", Day, nullable=False),
    Column("provisional", Boolean, nullable=False),
    Column("workday_table", String(16), nullable=False),
    Column("writer_name", Text, nullable=False),
    Column("writer_address", Text),
    Column("message_id", Text),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("fields", JSON, nullable=False),
    Column("follows", String(16), ForeignKey("letters.number")),
    Column("repeats", String(16), ForeignKey("letters.number")),  # the same writer's open letter (重信)
    Column("greeted", JSON, nullable=False),  # of restricted: whom only the salutation names, until a clerk has looked
    Column("urgent", JSON, nullable=False),  # the words that make it urgent
    Column("people", Integer, nullable=False),  # 人次: how many signed
    Column("code_digest", String(64)),
    Column("code_key", String(64)),
    Column("answered_at", Instant),
    Column("extended_days", Integer, nullable=False, default=0),  # by a 延期告知 that was sent; once only
    Column("late_reason", Text),  # 超期原因: a leader's one line
)

drafts = Table(
    "drafts",
    metadata,
    Column("letter", String(16), ForeignKey("letters.number"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("author", Text, nullable=False),
    Column("purpose", String(20), nullable=False),
    Column("recipient", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("attachments", JSON, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("arrival", Integer, ForeignKey("arrivals.id")),
    Column("created_at", Instant, nullable=False),
    Column("summary", Text, nullable=False, default=""),  # 内容摘要 and 拟办意见: for the deputy, never sent out
    Column("opinion", Text, nullable=False, default=""),
    Column("extension_days", Integer, nullable=False, default=0),
)

draft_files = Table(
    "draft_files",
    metadata,
    Column("letter", String(16), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("bytes", LargeBinary, nullable=False),
    ForeignKeyConstraint(["letter", "version"], ["drafts.letter", "drafts.version"]),
)

requests = Table(
    "requests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(24), nullable=False),
    Column("about", String(16), nullable=False),
    Column("letter", String(16), ForeignKey("letters.number")),  # of a probe alone: none, so that it signs off nothing
    Column("person", Text, nullable=False),
    Column("draft_version", Integer),
    Column("token_digest", String(64), nullable=False, unique=True),
    Column("message_id", Text, nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("closed_by", String(16)),
)

sign_offs = Table(
    "sign_offs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("letter", String(16), nullable=False),
    Column("draft_version", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("purpose", String(20), nullable=False),
    Column("recipient", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("request", Integer, ForeignKey("requests.id"), nullable=False),
    Column("arrival", Integer, ForeignKey("arrivals.id"), nullable=False),
    Column("proof", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("header", Text, nullable=False, default=""),  # the field that proved it, as it stood in the mail
    Column("at", Instant, nullable=False),
    ForeignKeyConstraint(["letter", "draft_version"], ["drafts.letter", "drafts.version"]),
    UniqueConstraint("letter", "draft_version", name="one_sign_off_a_draft"),
)

code_uses = Table(
    "code_uses",
    metadata,
    Column("person", Text, primary_key=True),
    Column("secret_digest", String(64), nullable=False),  # a new secret begins anew
    Column("last_step", BigInteger, nullable=False),
    Column("wrong", Integer, nullable=False),
)

absences = Table(
    "absences",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person", Text, nullable=False),
    Column("stand_in", Text, nullable=False),
    Column("until", Day, nullable=False),
    Column("arrival", Integer, ForeignKey("arrivals.id"), nullable=False),
    Column("at", Instant, nullable=False),
)

probes = Table(
    "probes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("request", Integer, ForeignKey("requests.id"), nullable=False),
    Column("trial", Text, nullable=False),  # `genuine`, or how the mail was forged
    Column("proof", Text, nullable=False),
    Column("proved", Boolean, nullable=False),
    Column("position", Integer),  # where the pinned field of the mail stood among the header fields
    Column("evidence", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False, unique=True),  # what this mail is for; planning it twice plans it once
    Column("kind", String(24), nullable=False),
    Column("purpose", String(20)),
    Column("audience", String(8), nullable=False),
    Column("letter", String(16), ForeignKey("letters.number")),
    Column("person", Text),
    Column("recipient", Text),
    Column("sign_off", Integer, ForeignKey("sign_offs.id")),
    Column("digest", String(64)),
    Column("arguments", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    Column("message_id", Text, unique=True),
    Column("rewritten_id", Text),  # the Message-ID that a server on its way put in the place of ours
    Column("raw", LargeBinary),
    Column("body_digest", String(64)),
    Column("planned_at", Instant, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("handed_over_at", Instant),
    Column("settled_at", Instant),
    Column("witnessed_at", Instant),  # when a copy of it was seen in our mailbox: the server took it
    Column("attempts", Integer, nullable=False, default=0),
    Column("words_again", Integer, nullable=False, default=0),  # how often a person's word sent it anew
    Column("unknowns", Integer, nullable=False, default=0),  # how often nobody knew whether the server had it
    Column("answer", Text),
    Column("word", String(16)),  # what a person said became of it; the sending stage acts on it
    Column("word_by", Text),
)

# What stands now: brakes, last signs of life, alarms that were raised. It is no record: events say how it came about.
standing = Table(
    "standing",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("until", Instant),
    Column("detail", Text, nullable=False),
)

# One row for each thing that a person was told about a letter on account of a day: telling twice tells once.
nudges = Table(
    "nudges",
    metadata,
    Column("letter", String(16), ForeignKey("letters.number"), primary_key=True),
    Column("action", String(16), primary_key=True),
    Column("on", Day, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("at", Instant, nullable=False),
)

votes = Table(
    "votes",
    metadata,
    Column("letter", String(16), ForeignKey("letters.number"), primary_key=True),
    Column("arrival", Integer, ForeignKey("arrivals.id"), primary_key=True),  # one letter, one vote: the newest
    Column("vote", String(16), nullable=False),
    Column("at", Instant, nullable=False),
)

# What the figures need of each letter, in the office's days, and the sums of letters that are alike to them.
tallies = Table(
    "tallies",
    metadata,
    Column("letter", String(16), ForeignKey("letters.number"), primary_key=True),
    Column("received_on", Day, nullable=False),
    Column("due_on", Day, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("days", Integer, nullable=False),  # until it was answered; 0 as long as it is not
    Column("surveyed", Boolean, nullable=False),
    Column("vote", String(16), nullable=False),  # empty: none
    Column("people", Integer, nullable=False),
)

sums = Table(
    "sums",
    metadata,
    Column("outcome", String(16), primary_key=True),
    Column("days", Integer, primary_key=True, autoincrement=False),
    Column("surveyed", Boolean, primary_key=True),
    Column("vote", String(16), primary_key=True),
    Column("letters", Integer, nullable=False),
    Column("people", Integer, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("kind", Text, nullable=False),
    Column("letter", String(16)),
    Column("digest", String(64), nullable=False),
    Column("prev", String(64), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
)

event_data = Table(
    "event_data",
    metadata,
    Column("seq", Integer, ForeignKey("events.seq"), primary_key=True, autoincrement=False),
    Column("salt", String(32), nullable=False),
    Column("by", Text, nullable=False),
    Column("data", Text, nullable=False),  # canonical JSON
)
