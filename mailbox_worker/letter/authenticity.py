"""What our own mail server has proved about a mail's sender, by RFC 8601.

Receives a ParsedMail; hands on the results that count. Anybody can write an Authentication-Results field: only
those with the pinned authserv-id count, only above the first Received line that is not ours, and never below
the last of ours: what stands there came in with the mail.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from mailbox_worker.mail.authentication import MethodResult, authentication_results, received_hosts
from mailbox_worker.mail.parsed import ParsedMail


@dataclass(frozen=True, slots=True)
class OwnServer:
    """How our server is known: its authserv-id, and the domain whose hosts' Received lines are ours."""

    authserv_id: str
    domain: str

    def is_own(self, host: str) -> bool:
        """Tell whether a Received line names one of our hosts as its writer."""
        host = host.lower().rstrip(".")
        return host in (self.authserv_id.lower(), self.domain) or host.endswith("." + self.domain)


def counted_results(mail: ParsedMail, server: OwnServer) -> dict[str, MethodResult]:
    """Give, per method, the topmost result that counts."""
    first, end = _trusted_span(mail, server)
    counted: dict[str, MethodResult] = {}
    for results in authentication_results(mail):
        if results.authserv_id.lower() != server.authserv_id.lower():
            continue
        for result in results.results:
            if first <= result.position < end:
                counted.setdefault(result.method, result)
    return counted


def _trusted_span(mail: ParsedMail, server: OwnServer) -> tuple[int, int]:
    """Give the header positions [first, end) that our own servers wrote."""
    end = len(mail.headers)
    last_own = None
    for line in received_hosts(mail):
        if not server.is_own(line.by_host):
            end = line.position
            break
        last_own = line.position
    # A server writes its Received line first and its results above it; what stands below was there before.
    return 0, end if last_own is None else min(end, last_own)


def sender_failed(mail: ParsedMail, server: OwnServer | None) -> bool:
    """Tell whether our server found the From forged; no result at all is not a failure."""
    if server is None:
        return False
    dmarc = counted_results(mail, server).get("dmarc")
    return dmarc is not None and dmarc.result == "fail"


def sender_passed(mail: ParsedMail, server: OwnServer | None) -> bool:
    """Tell whether our server proved the From's domain: dmarc=pass, aligned by definition and by header.from."""
    sender = sole_sender(mail)
    if server is None or sender is None:
        return False
    dmarc = counted_results(mail, server).get("dmarc")
    if dmarc is None or dmarc.result != "pass":
        return False
    return dmarc.properties.get("header.from", "").lower() == sender.rpartition("@")[2]


def sole_sender(mail: ParsedMail) -> str | None:
    """Give the one plain address of the one From field; two of either prove nothing (F38)."""
    if len(mail.senders) != 1 or len(mail.all_headers("From")) != 1:
        return None
    address = mail.senders[0].addr_spec
    return address if _plain(address) else None


def _plain(address: str) -> bool:
    local, at, domain = address.rpartition("@")
    return bool(at and local and "." in domain) and not any(c in address for c in " \r\n<>(),:;\"'\\[]%!")


def same_address(one: str, other: Iterable[str]) -> bool:
    """Compare addresses as our own domain does: without regard to case."""
    return one.lower() in {address.lower() for address in other}
