"""Draft versions: the clerk's text becomes the next one, a changed one takes the place of the last.

Receives a proved Case and what the clerk typed; hands on a draft with the hash of what is to be signed, and a sign-off
request; or a question to the clerk.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bureau.promise import Due
from mailbox_worker.ledger.draft_files import DraftFile, add_files, files_of
from mailbox_worker.ledger.letters import Draft, add_draft, change_letter, newest_draft
from mailbox_worker.ledger.outbox import close_requests
from mailbox_worker.ledger.vocabulary import ANSWERING, MailKind, Purpose
from mailbox_worker.letter.draft_head import DraftHead, read_head
from mailbox_worker.letter.extension import longer
from mailbox_worker.letter.signed_text import signed_digest, signed_form
from mailbox_worker.letter.states import DRAFTING, UNANSWERABLE, Step
from mailbox_worker.mail.words import words
from mailbox_worker.sign_off.case import Case
from mailbox_worker.sign_off.frame import framed
from mailbox_worker.sign_off.routing import ABOUT_DRAFT, Asking, ask_for_sign_off


def take_draft(case: Case, typed: str, files: Sequence[DraftFile]) -> None:
    """Make the clerk's text the next draft version and send it to whoever signs off."""
    letter = case.letter
    head = read_head(signed_form(typed), case.desk.content.snippets)
    extended, doubt = _extension(case, head)
    if head.doubt is not None or doubt is not None or not head.text.strip():
        case.ask_back(head.doubt or doubt or "empty", typed)
        return
    if letter.writer_address is None and head.purpose not in ANSWERING:
        case.ask_back("answers-only", typed)
        return
    if head.nature is not None:
        change_nature(case, head.nature)
    draft = _draft(case, head, extended, files)
    add_draft(case.writer, draft)
    add_files(case.writer, letter.number, draft.version, files)
    facts = {"version": draft.version, "digest": draft.digest, "purpose": draft.purpose}
    if letter.state in (DRAFTING, UNANSWERABLE):
        case.step(Step.DRAFT_RECEIVED, **facts)
    else:  # awaiting sign-off: a better version takes the place of the one that was sent
        case.step(Step.DRAFT_REPLACED, **facts)
    asked = ask_for_sign_off(case, letter, about=ABOUT_DRAFT, version=draft.version)
    case.receipt("draft", version=draft.version, asked=asked)


def revise_draft(asking: Asking, old: Draft, author: str, **changed: Any) -> Draft:
    """Log the next version of a draft, with its files: another text or address, which is to be signed anew."""
    changed |= {"version": old.version + 1, "author": author}
    new = replace(old, **changed, arrival=asking.arrival, created_at=asking.writer.now)
    digest = signed_digest(new.letter, new.purpose, new.recipient, new.subject, new.text, new.attachments)
    new = replace(new, digest=digest)
    add_draft(asking.writer, new)
    add_files(asking.writer, new.letter, new.version, files_of(asking.writer.connection, old.letter, old.version))
    return new


def change_nature(case: Case, nature: str) -> None:
    """Note what a letter is, as the statistics count it."""
    change_letter(case.writer, case.letter.number, nature=nature)
    case.record("nature-changed", old=case.letter.nature, new=nature)


def undo_draft(case: Case) -> None:
    """Take 撤稿: the sign-off request is closed and the letter is drafted again."""
    close_requests(case.writer, case.letter.number, "withdrawn", [MailKind.SIGN_OFF_REQUEST])
    case.step(Step.DRAFT_WITHDRAWN)
    case.receipt("draft-withdrawn")


def _draft(case: Case, head: DraftHead, extended: Due | None, files: Sequence[DraftFile]) -> Draft:
    letter, before = case.letter, newest_draft(case.writer.connection, case.letter.number)
    # A letter whose answer was to go to another address, and was returned, is answered to that one. Without an address
    # it goes to nobody's mailbox: a clerk brings it.
    to = before.recipient if before is not None else letter.writer_address or ""
    text = framed(case.desk, letter, head.text, head.purpose, extended.due_on if extended is not None else None)
    subject = words("subjects")["replies"][head.purpose].format(number=letter.number)
    digests = tuple(file.sha256 for file in files)
    return Draft(
        letter=letter.number,
        version=before.version + 1 if before is not None else 1,
        author=case.person.id,
        purpose=head.purpose,
        recipient=to,
        subject=subject,
        text=text,
        attachments=digests,
        digest=signed_digest(letter.number, head.purpose, to, subject, text, digests),
        arrival=case.arrival,
        created_at=case.writer.now,
        summary=head.summary,
        opinion=head.opinion,
        extension_days=extended.extended_by if extended is not None else 0,
    )


def _extension(case: Case, head: DraftHead) -> tuple[Due | None, str | None]:
    """Reckon the new due date of a 延期告知; it goes out before the old one, or it is no extension."""
    if head.purpose is not Purpose.EXTENSION:
        return None, None
    desk, letter = case.desk, case.letter
    if desk.day(case.writer.now) > letter.due_on:
        return None, "extension-too-late"
    promise = desk.promise(letter.promise)
    try:
        return longer(letter, promise, head.days, desk.content.workdays, desk.zone), None
    except ValueError:
        return None, "no-extension"
