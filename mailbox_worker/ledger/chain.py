"""The hash chain over events: what an entry's digests are made of.

Pure. An event's own hash covers its place, time, kind, letter, the digest of its data and the entry before it; the data
lies beside it under a random salt, so that erasing a person's data leaves the chain whole and says nothing of it.
"""

import hashlib
import json
from typing import Any

GENESIS = "0" * 64


def canonical(value: Any) -> str:
    """Write JSON in the one form that is hashed: sorted keys, no spaces, UTF-8 as it is."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def sha256_text(text: str) -> str:
    """Hash a text's UTF-8 bytes, as lower-case hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def data_digest(salt: str, by: str, data: str) -> str:
    """Bind who did it and what is known of it; `data` is canonical JSON."""
    return sha256_text(canonical([salt, by, data]))


def event_hash(seq: int, at: str, kind: str, letter: str | None, digest: str, prev: str) -> str:
    """Bind an event to its place in the chain; `at` is the instant as the ledger writes it."""
    return sha256_text(canonical([seq, at, kind, letter, digest, prev]))
