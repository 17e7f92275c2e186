"""A clerk's answer: a draft, a word, or something that is asked back first.

Receives a proved Case that answers a draft request or a confirmation request; drafts are taken by drafting.py, words
here: hands on what they change of the letter, a request to somebody else, or a question to the clerk.
"""

from dataclasses import replace

from sqlalchemy import select

from mailbox_worker.ledger.letters import change_letter, letter_by_number
from mailbox_worker.ledger.outbox import Plan, plan
from mailbox_worker.ledger.tables import outbox, requests
from mailbox_worker.ledger.vocabulary import MailKind
from mailbox_worker.letter.clerk_words import ClerkMeaning, is_yes, understand_clerk
from mailbox_worker.letter.rights import somebody_may_sign_off, who_may_see, who_signs_off
from mailbox_worker.letter.signed_text import signed_form
from mailbox_worker.letter.states import Step
from mailbox_worker.sign_off.case import Case
from mailbox_worker.sign_off.drafting import change_nature, take_draft
from mailbox_worker.sign_off.enclosures import enclosed, text_of_word
from mailbox_worker.sign_off.routing import (
    ABOUT_CATEGORY,
    ABOUT_DRAFT,
    ABOUT_SET_ASIDE,
    ask_another_leader,
    ask_for_another_draft,
    ask_for_sign_off,
)

FOR_A_LEADER = (ClerkMeaning.DRAFT, ClerkMeaning.SET_ASIDE, ClerkMeaning.ASK_BACK)


def answer_to_draft_request(case: Case) -> None:
    """Take a clerk's answer to a draft request."""
    answer = understand_clerk(case.new.new, certain=case.new.certain, staff=case.desk.content.staff)
    if answer.meaning in FOR_A_LEADER and _nobody_signs(case):
        _say_that_nobody_signs(case)
    elif answer.meaning is ClerkMeaning.SET_ASIDE:
        _propose_set_aside(case)
    elif answer.meaning is ClerkMeaning.CATEGORY:
        _change_category(case, str(answer.argument))
    elif answer.meaning is ClerkMeaning.NATURE:
        _change_nature(case, str(answer.argument))
    elif answer.meaning is ClerkMeaning.HAND_OVER:
        _hand_over(case, str(answer.argument))
    elif answer.meaning is ClerkMeaning.RECUSE:
        _recuse(case)
    elif answer.meaning in (ClerkMeaning.ABOUT_THEM, ClerkMeaning.ONLY_GREETED):
        _tell_who_is_meant(case, answer.meaning)
    else:
        _take_text(case, answer.text, answer.doubt)


def _take_text(case: Case, text: str, doubt: str | None) -> None:
    files = enclosed(case.raw, case.mail)
    if files.doubt is not None:
        case.ask_back(files.doubt, text)
    elif doubt is None:
        take_draft(case, text, files.files)
    elif doubt == "empty":
        typed = text_of_word(files.files)
        if typed:
            _ask_whether_draft(case, typed, "word-file")
        else:
            case.ask_back("empty", "")
    elif files.files:
        case.ask_back("short-with-files", text)  # a confirmation would lose the files
    else:
        _ask_whether_draft(case, text, doubt)


def answer_to_confirmation(case: Case) -> None:
    """Take the answer 是 to 「是否作为答复稿送签？」; anything else is an answer like any other."""
    if not is_yes(case.new.new):
        answer_to_draft_request(case)
        return
    if _nobody_signs(case):
        _say_that_nobody_signs(case)
        return
    row = case.writer.connection.execute(outbox.select().where(outbox.c.message_id == case.request.message_id)).one()
    take_draft(case, str(row.arguments["text"]), ())


def _nobody_signs(case: Case) -> bool:
    """Tell whether the letter names every leader: what is sent to nobody would lie there unseen."""
    return not somebody_may_sign_off(case.desk.content.staff, case.letter.restricted)


def _say_that_nobody_signs(case: Case) -> None:
    case.ask_back("nobody-signs-greeted" if case.letter.greeted else "nobody-signs", case.new.new)


def _propose_set_aside(case: Case) -> None:
    case.step(Step.SET_ASIDE_PROPOSED)
    asked = ask_for_sign_off(case, case.letter, about=ABOUT_SET_ASIDE, version=None)
    case.receipt("set-aside-proposed", asked=asked)


def _change_category(case: Case, category: str) -> None:
    """Change the category; once a deputy was asked, moving it to another one needs that deputy's consent."""
    staff, number = case.desk.content.staff, case.letter.number
    query = select(requests.c.person).where(
        requests.c.letter == number, requests.c.kind == MailKind.SIGN_OFF_REQUEST, requests.c.about == ABOUT_DRAFT
    )
    asked = case.writer.connection.execute(query.order_by(requests.c.id.desc())).scalars().first()
    deputy = staff.categories[category].deputy
    if asked is not None and deputy != asked and who_may_see(case.letter.restricted, asked):
        arguments = {"about": ABOUT_CATEGORY, "version": None, "category": category, "said_by": case.person.id}
        key = f"sign-off-request:{number}:{ABOUT_CATEGORY}:{case.arrival}"
        plan(case.writer, Plan(key, MailKind.SIGN_OFF_REQUEST, letter=number, person=asked, arguments=arguments))
        case.record("category-proposed", old=case.letter.category, new=category)
        case.receipt("category-proposed", category=category, asked=asked)
        return
    change_letter(case.writer, number, category=category)
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
    signed = somebody_may_sign_off(case.desk.content.staff, kept)
    case.receipt(str(meaning) if signed else "about-them-all")


def _change_nature(case: Case, nature: str) -> None:
    change_nature(case, nature)
    case.receipt("nature", nature=nature)


def _hand_over(case: Case, clerk: str) -> None:
    key = f"draft-request:{case.letter.number}:{case.arrival}"
    arguments = {"because": "handed-over", "said_by": case.person.id}
    plan(case.writer, Plan(key, MailKind.DRAFT_REQUEST, letter=case.letter.number, person=clerk, arguments=arguments))
    case.record("handed-over", to=clerk)
    case.receipt("handed-over", asked=clerk)


def _recuse(case: Case) -> None:
    """Take 回避 of a clerk: kept from this letter from now on, and somebody else drafts."""
    change_letter(case.writer, case.letter.number, restricted=[*case.letter.restricted, case.person.id])
    case.record("recused")
    again = replace(case, letter=letter_by_number(case.writer.connection, case.letter.number))
    ask_for_another_draft(again, "recused", but=frozenset({case.person.id}))
    ask_another_leader(again)


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
