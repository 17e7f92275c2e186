"""What our own mail server has proved about a mail's sender, by RFC 8601.

Receives a ParsedMail; hands on the results that count. Anybody can write an Authentication-Results field: only
those with the pinned authserv-id count, only above the first Received line that is not ours, and never below
the last of ours: what stands there came in with the mail.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile

from mailbox_worker.mail.authentication import MethodResult, authentication_results, received_hosts
from mailbox_worker.mail.parsed import ParsedMail

# Under which property each method says whose domain it looked at.
NAMES_A_DOMAIN = {"spf": ("smtp.mailfrom",), "dkim": ("header.d", "header.i")}
ROUTE_OR_GROUP = re.compile(r"<\s*@|;\s*$")


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
    end = _trusted_end(mail, server)
    counted: dict[str, MethodResult] = {}
    for result in _pinned_results(mail, server):
        if result.position < end:
            counted.setdefault(result.method, result)
    return counted


def says_twice(mail: ParsedMail, server: OwnServer, method: str) -> bool:
    """Tell whether results of a method stand there twice under our server's name, wherever they stand.

    Our server writes one and takes away what came in under its name (RFC 8601, section 5): a second one is forged, or
    shows that our server lets forged ones through. Either way it proves nobody (THREATS: forged results).
    """
    return [result.method for result in _pinned_results(mail, server)].count(method) > 1


def _pinned_results(mail: ParsedMail, server: OwnServer) -> Iterator[MethodResult]:
    for results in authentication_results(mail):
        if results.authserv_id.lower() == server.authserv_id.lower():
            yield from results.results


def _trusted_end(mail: ParsedMail, server: OwnServer) -> int:
    """Give the header position from which on nothing counts: our servers write their results above Received lines.

    That is the last of our own Received lines before the first that is not ours; what stands below it came in with the
    mail. Without any Received line nothing says what our server wrote: then nothing counts.
    """
    lines = received_hosts(mail)
    own = list(takewhile(lambda line: server.is_own(line.by_host), lines))
    if own:
        return own[-1].position
    return lines[0].position if lines else 0


def sender_failed(mail: ParsedMail, server: OwnServer | None) -> bool:
    """Tell whether our server found the From forged; no result at all is not a failure.

    DMARC decides where it gives a verdict (RFC 7489); else a failed SPF or DKIM counts that no other result outweighs.
    """
    results = counted_results(mail, server) if server is not None else {}
    failed = any(method in results and results[method].result == "fail" for method in ("dmarc", "spf", "dkim"))
    return failed and not _passed(mail, results)


def sender_passed(mail: ParsedMail, server: OwnServer | None) -> bool:
    """Tell whether our server found that the domain of the From sent this mail: by DMARC, or by an aligned result."""
    return server is not None and _passed(mail, counted_results(mail, server))


def _passed(mail: ParsedMail, results: Mapping[str, MethodResult]) -> bool:
    sender, dmarc = sole_sender(mail), results.get("dmarc")
    if sender is None:
        return False
    if dmarc is not None and dmarc.result in ("pass", "fail"):
        return dmarc.result == "pass"
    domain = sender.rpartition("@")[2].lower()
    return any(
        found is not None and found.result == "pass" and any(_aligned(found.properties.get(p), domain) for p in names)
        for found, names in ((results.get(method), names) for method, names in NAMES_A_DOMAIN.items())
    )


def _aligned(named: str | None, domain: str) -> bool:
    """Tell whether a result is about the From's domain, one above or one below it (RFC 7489: relaxed)."""
    found = (named or "").rpartition("@")[2].lower()
    return "." in found and (found == domain or found.endswith("." + domain) or domain.endswith("." + found))


def sole_sender(mail: ParsedMail) -> str | None:
    """Give the one plain address of the one From field; two of either prove nothing (F38)."""
    if len(mail.senders) != 1 or len(mail.all_headers("From")) != 1:
        return None
    if ROUTE_OR_GROUP.search(mail.all_headers("From")[0]):
        return None  # old forms that lead servers to read another address than we do
    address = mail.senders[0].addr_spec
    return address if _plain(address) else None


def _plain(address: str) -> bool:
    local, at, domain = address.rpartition("@")
    return bool(at and local and "." in domain) and not any(c in address for c in " \r\n<>(),:;\"'\\[]%!")


def same_address(one: str, other: Iterable[str]) -> bool:
    """Compare addresses as our own domain does: without regard to case."""
    return one.lower() in {address.lower() for address in other}
