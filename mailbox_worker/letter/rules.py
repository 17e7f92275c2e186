"""Decide what a newly arrived mail is.

Receives a Seen: the mail as read and what the ledger knows of it; hands on a disposition and the names of all
rules that hit. Opens nothing, writes nothing, answers nobody. What no rule knows goes to a person.
"""

from collections.abc import Callable
from dataclasses import dataclass

from mailbox_worker.ledger.vocabulary import Disposition
from mailbox_worker.letter.authenticity import OwnServer, same_address, sender_failed, sole_sender
from mailbox_worker.letter.staff_words import staff_word
from mailbox_worker.letter.votes import vote_of
from mailbox_worker.mail.machines import Sign
from mailbox_worker.mail.new_text import split_new_text
from mailbox_worker.mail.parsed import ParsedMail

NO_REPLY = frozenset({"noreply", "no-reply", "donotreply", "do-not-reply", "mailer-daemon", "postmaster"})


@dataclass(frozen=True, slots=True)
class Seen:
    """A mail and what is known of it when it is sorted.

    own_copy_of: the outbox row whose Message-ID and body this mail has. own_id: it has the Message-ID of one of ours.
    request: the staff request that its token and In-Reply-To name, whoever wrote it. requests_disagree: they name two.
    joins: the open letter that it continues by reference and sender. continues: the answered one.
    repeats: another open letter of the same writer, to which it does not refer.
    earlier: the arrival with the same Message-ID and body. same_text: the arrival of the same writer's open letter with
    the same subject and body. about_ours: it refers to a mail of ours. survey: the letter whose survey it answers.
    returned: the Message-IDs that the addresses it came to stand for. same_mail: the earlier arrival with the very same
    bytes. lay_in_junk, lay_filed: it was found in no other folder.
    acknowledged_today: its writer has been promised an answer today already. unproved_today: how many letters whose
    sender nobody proved were acknowledged today, to this writer's domain and to all; None: this writer is proved.
    """

    mail: ParsedMail
    signs: tuple[Sign, ...]
    own_copy_of: int | None = None
    own_id: bool = False
    request: int | None = None
    requests_disagree: bool = False
    is_delivery_report: bool = False
    joins: str | None = None
    continues: str | None = None
    repeats: str | None = None
    earlier: int | None = None
    same_text: int | None = None
    about_ours: bool = False
    returned: tuple[str, ...] = ()
    survey: str | None = None
    same_mail: int | None = None
    lay_in_junk: bool = False
    lay_filed: bool = False
    acknowledged_today: bool = False
    unproved_today: tuple[int, int] | None = None
    staff_addresses: tuple[str, ...] = ()
    own_address: str = ""
    server: OwnServer | None = None


@dataclass(frozen=True, slots=True)
class Sorted:
    """The disposition, the rule that decided and all rules that hit, in the order of the table."""

    disposition: Disposition
    rule: str
    hits: tuple[str, ...]


def is_our_own_copy(seen: Seen) -> bool:
    """The witness of a mail that we sent came back whole."""
    return seen.own_copy_of is not None


def is_the_same_mail_again(seen: Seen) -> bool:
    """The same bytes as an arrival that is sorted, put on the server anew with another date (F05)."""
    return seen.same_mail is not None


def has_our_id_and_other_text(seen: Seen) -> bool:
    """Somebody else's text under one of our Message-IDs: a forgery, or a server that rewrites."""
    return seen.own_id and seen.own_copy_of is None


def is_a_delivery_report(seen: Seen) -> bool:
    """A report by RFC 3464 (F52, F55)."""
    return seen.is_delivery_report


def was_written_by_a_machine(seen: Seen) -> bool:
    """A machine's header, or a machine's phrase in a mail that refers to ours (THREATS: classification)."""
    written = [sign for sign in seen.signs if sign.name not in PASSED_ON]
    return any(sign.certain or seen.about_ours for sign in written)


def names_two_requests(seen: Seen) -> bool:
    """Token and In-Reply-To must agree; where they do not, nobody's word is taken."""
    return seen.requests_disagree


def answers_a_request(seen: Seen) -> bool:
    """It carries a request's token or answers its Message-ID; who wrote it is proved later."""
    return seen.request is not None


def comes_from_ourselves(seen: Seen) -> bool:
    """From is the mailbox's own address, and it is no copy of a mail of ours."""
    sender = sole_sender(seen.mail)
    return sender is not None and same_address(sender, [seen.own_address])


def comes_from_staff(seen: Seen) -> bool:
    """A colleague's address without a request: a word for us, or a forged sender."""
    sender = sole_sender(seen.mail)
    return sender is not None and same_address(sender, seen.staff_addresses)


def is_a_staff_word(seen: Seen) -> bool:
    """A colleague's address without a request, and nothing new in it but one of the words that staff may send."""
    return comes_from_staff(seen) and staff_word(split_new_text(seen.mail.text).new) is not None


def is_a_vote(seen: Seen) -> bool:
    """The writer answers our survey with one of its words; whatever else a writer says is a letter or a follow-up."""
    return (
        seen.survey is not None
        and vote_of(split_new_text(seen.mail.text).new) is not None
        and not sender_failed(seen.mail, seen.server)
    )


def came_before(seen: Seen) -> bool:
    """The same Message-ID and body as a letter in the ledger: a list, an alias, a second delivery (F15)."""
    return seen.earlier is not None


def is_sent_again(seen: Seen) -> bool:
    """The same subject and body by the same writer, under another Message-ID, while the first is open (F15)."""
    return seen.same_text is not None


def continues_an_open_letter(seen: Seen) -> bool:
    """It answers our mail about an open letter, from its writer's address, and is not known to be forged (F84)."""
    return seen.joins is not None and not sender_failed(seen.mail, seen.server)


def lay_in_the_junk_folder(seen: Seen) -> bool:
    """The server took it for advertising: a person says whether it is a letter (F26)."""
    return seen.lay_in_junk


def lay_among_settled_mail(seen: Seen) -> bool:
    """Found where only settled mail lies: somebody moved it there before it was read."""
    return seen.lay_filed


def says_something(seen: Seen) -> bool:
    """Anything else with words or files in it is a letter, whoever wrote it (F37, F41, F58)."""
    return bool(seen.mail.text.strip() or seen.mail.attachments or seen.mail.subject.strip())


# A list or a bulk mailer passes on what a person wrote: a letter all the same, only unacknowledged (F51, F58).
PASSED_ON = frozenset({"precedence", "list-id", "list-unsubscribe"})

Rule = Callable[[Seen], bool]
TABLE: tuple[tuple[Rule, Disposition], ...] = (
    # The order is the policy: an out-of-office note must never count as a signature.
    (is_our_own_copy, Disposition.OWN_COPY),
    (is_the_same_mail_again, Disposition.DUPLICATE),
    (has_our_id_and_other_text, Disposition.TO_PERSON),
    (is_a_delivery_report, Disposition.BOUNCE),
    (was_written_by_a_machine, Disposition.AUTOMATIC),
    (names_two_requests, Disposition.TO_PERSON),
    (answers_a_request, Disposition.ANSWER),
    (comes_from_ourselves, Disposition.TO_PERSON),
    (is_a_staff_word, Disposition.ANSWER),
    (comes_from_staff, Disposition.TO_PERSON),
    (is_a_vote, Disposition.ANSWER),
    (came_before, Disposition.DUPLICATE),
    (is_sent_again, Disposition.DUPLICATE),
    (continues_an_open_letter, Disposition.FOLLOW_UP),
    (lay_in_the_junk_folder, Disposition.TO_PERSON),
    (lay_among_settled_mail, Disposition.TO_PERSON),
    (says_something, Disposition.LETTER),
)
NO_RULE = "no_rule_knows_it"


def sort(seen: Seen) -> Sorted:
    """Sort one mail: the first rule that hits decides."""
    hits = [(rule.__name__, disposition) for rule, disposition in TABLE if rule(seen)]
    names = tuple(name for name, _ in hits)
    if not hits:
        return Sorted(Disposition.TO_PERSON, NO_RULE, names)
    return Sorted(hits[0][1], hits[0][0], names)


# Acknowledgements a day where no result proves the sender, to one domain and to all: a forger of addresses must not
# turn the office into a cannon (F54), and an office whose server writes no results has hardly more letters than that.
UNPROVED_A_DAY = (50, 500)


def reasons_not_to_acknowledge(seen: Seen, *, acknowledged_today: bool) -> tuple[str, ...]:
    """List every reason why a letter gets no automatic answer; an empty tuple means that it gets one."""
    checks = (
        ("no single plain sender", sole_sender(seen.mail) is None),
        ("sender authentication failed", sender_failed(seen.mail, seen.server)),
        ("written or passed on by a machine", bool(seen.signs)),
        ("null return path", seen.mail.return_path == ""),
        ("sender asks for no reply", (sole_sender(seen.mail) or "").partition("@")[0].lower() in NO_REPLY),
        ("already acknowledged today", acknowledged_today),
        ("too many unproved senders today", _used_up(seen.unproved_today)),
    )
    return tuple(name for name, hit in checks if hit)


def _used_up(spent: tuple[int, int] | None) -> bool:
    return spent is not None and any(count >= limit for count, limit in zip(spent, UNPROVED_A_DAY, strict=True))
