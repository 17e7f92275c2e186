"""The proof by DKIM (RFC 6376): the sender's domain signed this mail, with the token of the request in it.

Receives the bytes; hands on a Verdict. It never proves a colleague of the office's own domain: the domain signs for
everybody in it. Refused: a signature of another domain, with l=, with SHA-1, without From, Subject, Date and
Content-Type, of fields that stand there twice, or made outside the request's life.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dkim
import yaml
from dkim.dnsplug import get_txt

from mailbox_worker.config import Config
from mailbox_worker.letter.authenticity import sole_sender
from mailbox_worker.letter.crockford import digest, tokens_in
from mailbox_worker.mail.parsed import ParsedMail
from mailbox_worker.sign_off.evidence import Asked, Verdict, is_own_domain, refused

METHOD = "dkim"
MUST_BE_SIGNED = ("from", "subject", "date", "content-type")
SIGNATURES = 5  # more than any honest mail carries; each costs a question to the name service
CLOCKS = timedelta(minutes=10)  # by which a sender's clock may be wrong
ALGORITHMS = (b"rsa-sha256", b"ed25519-sha256")

# The library logs what it finds in strangers' headers; the verdict says all that is needed.
SILENT = logging.Logger("dkim", level=logging.CRITICAL + 1)  # noqa: LOG001 - of its own, under nobody else's handlers

KeyOf = Callable[..., "bytes | None"]


def by_signature(config: Config, raw: bytes, mail: ParsedMail, asked: Asked) -> Verdict:
    """Prove by a signature of the sender's own domain over the request's token."""
    domain = str(sole_sender(mail)).rpartition("@")[2].lower()
    if is_own_domain(domain, config.domain):
        return refused(METHOD, "no-signature", f"{domain} is the office's own domain: a signature proves no colleague")
    if any(len(mail.all_headers(name)) != 1 for name in MUST_BE_SIGNED):
        return refused(METHOD, "bad-signature", "From, Subject, Date or Content-Type not exactly once")
    if asked.token_digest not in {digest(token) for token in tokens_in(mail.subject)}:
        return refused(METHOD, "bad-signature", "the token does not stand in the signed Subject")
    if mail.date is None or not asked.since - CLOCKS <= mail.date <= asked.until:
        return refused(METHOD, "bad-signature", f"dated {mail.date}, outside the life of the request")
    verdict = refused(METHOD, "no-signature", "no DKIM-Signature")
    for index in range(min(len(mail.all_headers("DKIM-Signature")), SIGNATURES)):
        verdict = _one(raw, index, domain, _keys(config.sign_off.dkim_keys), asked)
        if verdict.proved:
            break
    return verdict


def _one(raw: bytes, index: int, domain: str, key_of: KeyOf, asked: Asked) -> Verdict:
    message = dkim.DKIM(raw, logger=SILENT)
    try:
        valid = message.verify(index, dnsfunc=key_of)
    except dkim.DKIMException as fault:
        return refused(METHOD, "bad-signature", type(fault).__name__)
    except Exception as fault:  # noqa: BLE001 - a stranger's header never stops the worker: it proves nothing
        return refused(METHOD, "bad-signature", type(fault).__name__)
    tags: dict[bytes, bytes] = message.signature_fields
    signed = {name.strip().lower() for name in tags.get(b"h", b"").decode("latin-1").split(":")}
    evidence = f"dkim d={message.domain.decode('latin-1')} s={message.selector.decode('latin-1')}"
    wrong_with_it = next(
        (
            what
            for what, wrong in (
                ("signature does not fit", not valid),
                ("not of the sender's domain", message.domain.decode("latin-1").lower() != domain),
                ("l= leaves the end open", b"l" in tags),
                ("weak algorithm", tags[b"a"] not in ALGORITHMS),
                ("unsigned header fields", not signed.issuperset(MUST_BE_SIGNED)),
                ("outside the request's life", not _in_time(tags, asked)),
            )
            if wrong
        ),
        None,
    )
    if wrong_with_it is not None:
        return refused(METHOD, "bad-signature", f"{evidence}: {wrong_with_it}")
    header = "; ".join(f"{tag.decode('latin-1')}={value.decode('latin-1')}" for tag, value in tags.items())
    return Verdict(proved=True, method=METHOD, evidence=evidence, header=header)


def _in_time(tags: dict[bytes, bytes], asked: Asked) -> bool:
    if b"t" not in tags:
        return True  # the signed Date has been held against the request already
    return asked.since - CLOCKS <= datetime.fromtimestamp(int(tags[b"t"]), UTC) <= asked.until


def _keys(file: str | None) -> KeyOf:
    """Give the look-up of key records: the configured file alone, else the name service."""
    if file is None:
        look_up: KeyOf = get_txt
        return look_up
    records = yaml.safe_load(Path(file).read_text(encoding="utf-8")) or {}

    def from_file(name: bytes, timeout: int = 0) -> bytes | None:
        del timeout
        record = records.get(name.decode("latin-1").rstrip("."))
        return None if record is None else str(record).encode()

    return from_file
