"""The words that the ledger's rows are written in (contract): other people's scripts read them.

They stand below the rules that use them, because a row outlives the rule that wrote it.
"""

from enum import StrEnum


class Disposition(StrEnum):
    """What a mail turned out to be; every mail seen has exactly one, or is quarantined."""

    LETTER = "letter"
    FOLLOW_UP = "follow_up"
    ANSWER = "answer"
    FEEDBACK = "feedback"
    OWN_COPY = "own_copy"
    BOUNCE = "bounce"
    AUTOMATIC = "automatic"
    DUPLICATE = "duplicate"
    TO_PERSON = "to_person"


class LetterState(StrEnum):
    """Where a letter stands; late is not a state."""

    DRAFTING = "drafting"
    AWAITING_SIGN_OFF = "awaiting_sign_off"
    APPROVED = "approved"
    ANSWERED = "answered"
    CLOSED = "closed"
    AWAITING_DELIVERY = "awaiting_delivery"
    SET_ASIDE = "set_aside"
    UNANSWERABLE = "unanswerable"
    HELD = "held"


class Outcome(StrEnum):
    """What became of a letter, as the figures count it; late is what was answered after its due date."""

    SET_ASIDE = "set-aside"
    OPEN = "open"
    ON_TIME = "on-time"
    PUT_OFF = "put-off"
    LATE = "late"


class Purpose(StrEnum):
    """What a signed text is for; only `final` and `not-ours` answer a letter."""

    FINAL = "final"
    NOT_OURS = "not-ours"
    INTERIM = "interim"
    EXTENSION = "extension"
    MORE_INFORMATION = "more-information"


ANSWERING = (Purpose.FINAL, Purpose.NOT_OURS)


class MailKind(StrEnum):
    """The value of X-Tenday-Kind."""

    ACKNOWLEDGEMENT = "acknowledgement"
    DRAFT_REQUEST = "draft-request"
    SIGN_OFF_REQUEST = "sign-off-request"
    RECEIPT = "receipt"
    CONFIRMATION_REQUEST = "confirmation-request"
    NOT_UNDERSTOOD = "not-understood"
    REFUSAL = "refusal"
    REPLY = "reply"
    REMINDER = "reminder"
    ESCALATION = "escalation"
    ALARM = "alarm"
    DIGEST = "digest"
    SURVEY = "survey"
    PROBE = "probe"


REQUESTS = (MailKind.DRAFT_REQUEST, MailKind.SIGN_OFF_REQUEST)  # what a colleague answers to take a letter on


class OutboxState(StrEnum):
    """Where an outgoing mail stands."""

    PLANNED = "planned"
    CLAIMED = "claimed"
    HANDING_OVER = "handing_over"
    ACCEPTED = "accepted"
    LATER = "later"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    BOUNCED = "bounced"
    HELD = "held"
    WITHDRAWN = "withdrawn"


class Audience(StrEnum):
    """Who an outgoing mail is for: the one line that the privacy rules hang on."""

    WRITER = "writer"
    STAFF = "staff"


class Word(StrEnum):
    """What a person says became of a mail that did not go out for certain."""

    SENT = "sent"
    AGAIN = "again"
    BOUNCED = "bounced"
