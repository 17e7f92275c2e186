"""The text that is signed off: its one form, and the hash that binds sign-off and reply.

Receives what a clerk typed; hands on the text as it will stand in the mail. Refuses to hash a text in any other
form, so that what a deputy saw and what a citizen reads cannot differ by a character that nobody sees.
"""

import hashlib
import re
import unicodedata
from collections.abc import Sequence

from mailbox_worker.ledger.chain import canonical, sha256_text

# Controls but LF; zero-width and bidi controls; soft hyphen; fillers; variation and tag characters; half surrogates and
# noncharacters (THREATS: shown one text, approving another). U+FFFD stays: it shows that something was damaged.
UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u070f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
BLANK_LINES = re.compile(r"\n{3,}")
FOOTER_MARK = "\n\n-- \n"


def signed_form(typed: str) -> str:
    """Bring a text into the form that is shown, hashed and sent: NFC, LF, nothing unseen, no runs of blank lines."""
    lined = LINE_ENDS.sub("\n", typed).replace("\t", " ")
    visible = UNSEEN.sub("", unicodedata.normalize("NFC", lined))
    lines = "\n".join(line.rstrip() for line in visible.split("\n"))
    # Once more: taking a joiner away can bring two characters together that compose.
    return unicodedata.normalize("NFC", BLANK_LINES.sub("\n\n", lines).strip("\n"))


def signed_digest(letter: str, purpose: str, to: str, subject: str, text: str, attachments: Sequence[str] = ()) -> str:
    """Hash what is signed off; `attachments` are sha256 in the order in which they are sent (contract).

    Raises ValueError for a text that is not in its signed form.
    """
    if text != signed_form(text):
        raise ValueError("only a text in its signed form can be signed off")
    parts = {
        "letter": letter,
        "purpose": purpose,
        "to": to,
        "subject": subject,
        "text": text,
        "attachments": list(attachments),
    }
    return sha256_text(canonical(parts))


def goes_out_as(text: str, footer: str) -> str:
    """Give the whole text/plain part of a reply: exactly the signed text, then the office's footer (contract)."""
    return f"{text}{FOOTER_MARK}{footer}"


def begins_with_signed(body: str, text: str) -> bool:
    """Tell whether a text/plain part begins with exactly the signed text and the footer's mark."""
    return body.replace("\r\n", "\n").startswith(text + FOOTER_MARK)


def nonce(message_id: str) -> str:
    """Give the eight symbols that mark a draft's borders in one mail; its random Message-ID lets no text forge them."""
    return hashlib.sha256(message_id.encode()).hexdigest()[:8].upper()
