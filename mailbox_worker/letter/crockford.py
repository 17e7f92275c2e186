"""Random codes that people read and type: Crockford's base 32, without I, L, O and U.

Two kinds: the token of a request to staff (it finds the request, with the proof of the sender it decides), and
the query code of a letter (it will find the letter's public entries). Neither is kept: the ledger holds digests
only.
"""

import hashlib
import hmac
import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TOKEN_SYMBOLS = 18  # 90 random bits
CHECK_SYMBOLS = 2  # a mistyped or invented token is known for one without asking the ledger
CODE_SYMBOLS = 16  # 80 random bits
TOKEN = re.compile(r"\[#([0-9A-HJKMNP-TV-Z]{16,26})\]")
CODE_INFO = "tenday/v1/"


def new_token() -> str:
    """Make a token: 18 random symbols and 2 that check them."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(TOKEN_SYMBOLS))
    return body + _check(body)


def tokens_in(text: str) -> tuple[str, ...]:
    """Find the well-formed tokens of a subject line, in order; planted ones without the right check do not count."""
    return tuple(found for found in TOKEN.findall(text) if is_token(found))


def is_token(text: str) -> bool:
    """Tell whether a text is a well-formed token."""
    return len(text) > CHECK_SYMBOLS and _check(text[:-CHECK_SYMBOLS]) == text[-CHECK_SYMBOLS:]


def new_query_code() -> str:
    """Make a query code (查询码): four groups of four."""
    symbols = "".join(secrets.choice(ALPHABET) for _ in range(CODE_SYMBOLS))
    return "-".join(symbols[start : start + 4] for start in range(0, CODE_SYMBOLS, 4))


def code_key(code: str, origin: str, number: str) -> str:
    """Derive the key under which a letter's public entries are found: HKDF-SHA256 (RFC 5869), one block, as hex.

    `origin` is the office's site: the same code at another office gives another key.
    """
    extracted = hmac.digest(origin.encode(), _plain(code).encode(), "sha256")
    return hmac.digest(extracted, f"{CODE_INFO}{number}".encode() + b"\x01", "sha256").hex()


def digest(secret: str) -> str:
    """Give what the ledger keeps of a token or code. 80 random bits need no salt and no slow hash."""
    return hashlib.sha256(_plain(secret).encode()).hexdigest()


def _plain(secret: str) -> str:
    return secret.replace("-", "").upper()


def _check(body: str) -> str:
    number = int.from_bytes(hashlib.sha256(body.encode()).digest()[:4], "big")
    return ALPHABET[number % 32] + ALPHABET[number // 32 % 32]
