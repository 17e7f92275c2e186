"""A clerk's answer: a draft, a word, or something that is asked back first.

Receives a proved Case that answers a draft request or a confirmation request; hands on a new draft version and
a sign-off request, or a question to the clerk.
"""

from mailbox_worker.ledger.letters import Draft, add_draft, change_letter, drafts_of, letter_by_number
from mailbox_worker.ledger.outbox import Plan, close_requests, plan
from mailbox_worker.ledger.tables import outbox
from mailbox_worker.ledger.vocabulary import MailKind, Purpose
from mailbox_worker.letter.clerk_words import ClerkMeaning, is_yes, understand_clerk
from mailbox_worker.letter.rights import who_signs_off
from mailbox_worker.letter.signed_text import signed_digest, signed_form
from mailbox_worker.letter.states import DRAFTING, Step
from mailbox_worker.mail.words import words
from mailbox_worker.sign_off.case import Case
from mailbox_worker.sign_off.frame import framed
from mailbox_worker.sign_off.routing import ABOUT_DRAFT, ABOUT_SET_ASIDE, ask_for_sign_off


def answer_to_draft_request(case: Case) -> None:
    """Take a clerk's answer to a draft request."""
    answer = understand_clerk(case.new.new, certain=case.new.certain, staff=case.desk.content.staff)
    if answer.meaning is ClerkMeaning.SET_ASIDE:
        _propose_set_aside(case)
    elif answer.meaning is ClerkMeaning.CATEGORY:
        _change_category(case, str(answer.argument))
    elif answer.meaning is ClerkMeaning.HAND_OVER:
        _hand_over(case, str(answer.argument))
    elif answer.meaning in (ClerkMeaning.ABOUT_THEM, ClerkMeaning.ONLY_GREETED):
        _tell_who_is_meant(case, answer.meaning)
    elif case.mail.attachments:
        # What is attached would belong to the answer; dropping it in silence would send half of what was meant.
        case.ask_back("attachments", answer.text)
    elif answer.meaning is ClerkMeaning.DRAFT:
        take_draft(case, answer.text)
    elif answer.doubt == "empty":
        case.ask_back("empty", "")
    else:
        _ask_whether_draft(case, answer.text, str(answer.doubt))


def answer_to_confirmation(case: Case) -> None:
    """Take the answer 是 to 「是否作为答复稿送签？」; anything else is an answer like any other."""
    if not is_yes(case.new.new):
        answer_to_draft_request(case)
        return
    row = case.writer.connection.execute(outbox.select().where(outbox.c.message_id == case.request.message_id)).one()
    take_draft(case, str(row.arguments["text"]))


def take_draft(case: Case, typed: str) -> None:
    """Make the clerk's text the next draft version and send it to whoever signs off."""
    letter = case.letter
    if letter.writer_address is None:
        case.refuse("no-address")
        return
    text = framed(case.desk, letter, signed_form(typed))
    subject = words("subjects")["reply"].format(number=letter.number)
    version = len(drafts_of(case.writer.connection, letter.number)) + 1
    digest = signed_digest(letter.number, Purpose.FINAL, letter.writer_address, subject, text)
    add_draft(
        case.writer,
        Draft(
            letter=letter.number,
            version=version,
            author=case.person.id,
            purpose=Purpose.FINAL,
            recipient=letter.writer_address,
            subject=subject,
            text=text,
            attachments=(),
            digest=digest,
            arrival=case.arrival,
            created_at=case.writer.now,
        ),
    )
    if letter.state is DRAFTING:
        case.step(Step.DRAFT_RECEIVED, version=version, digest=digest)
    else:  # awaiting sign-off: a better version takes the place of the one that was sent
        case.step(Step.DRAFT_REPLACED, version=version, digest=digest)
    asked = ask_for_sign_off(case, letter, about=ABOUT_DRAFT, version=version)
    case.receipt("draft", version=version, asked=asked)


def undo_draft(case: Case) -> None:
    """Take 撤稿: the sign-off request is closed and the letter is drafted again."""
    close_requests(case.writer, case.letter.number, "withdrawn", [MailKind.SIGN_OFF_REQUEST])
    case.step(Step.DRAFT_WITHDRAWN)
    case.receipt("draft-withdrawn")


def _propose_set_aside(case: Case) -> None:
    case.step(Step.SET_ASIDE_PROPOSED)
    asked = ask_for_sign_off(case, case.letter, about=ABOUT_SET_ASIDE, version=None)
    case.receipt("set-aside-proposed", asked=asked)


def _change_category(case: Case, category: str) -> None:
    change_letter(case.writer, case.letter.number, category=category)
    case.record("category-changed", old=case.letter.category, new=category)
    letter = letter_by_number(case.writer.connection, case.letter.number)
    asked = who_signs_off(case.desk.content.staff, letter.category, letter.restricted, case.desk.config.away)
    case.receipt("category", category=category, asked=asked.id)


def _tell_who_is_meant(case: Case, meaning: ClerkMeaning) -> None:
    """Take the answer to 「反映本人，还是仅为称呼？」; it counts for those whom only the salutation names."""
    greeted = case.letter.greeted
    if not greeted:
        case.ask_back("not-asked", case.new.new.strip())
        return
    kept = case.letter.restricted
    if meaning is ClerkMeaning.ONLY_GREETED:
        kept = tuple(person for person in kept if person not in greeted)
    change_letter(case.writer, case.letter.number, restricted=list(kept), greeted=[])
    case.record(str(meaning), people=list(greeted), restricted=list(kept))
    case.receipt(str(meaning))


def _hand_over(case: Case, clerk: str) -> None:
    key = f"draft-request:{case.letter.number}:{case.arrival}"
    arguments = {"because": "handed-over", "said_by": case.person.id}
    plan(case.writer, Plan(key, MailKind.DRAFT_REQUEST, letter=case.letter.number, person=clerk, arguments=arguments))
    case.record("handed-over", to=clerk)
    case.receipt("handed-over", asked=clerk)


def _ask_whether_draft(case: Case, text: str, doubt: str) -> None:
    arguments = {"outcome": doubt, "answers": case.mail.message_id, "text": signed_form(text)}
    plan(
        case.writer,
        Plan(
            f"confirmation-request:{case.arrival}",
            MailKind.CONFIRMATION_REQUEST,
            letter=case.letter.number,
            person=case.person.id,
            arguments=arguments,
        ),
    )
    case.record("confirmation-asked", doubt=doubt)
