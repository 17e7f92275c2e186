"""What a mail server writes when a mail did not arrive (RFC 3464)."""

from __future__ import annotations

from tests.journeys.bureau_at_work import MAILBOX

REPORT = """From: Mail Delivery System <MAILER-DAEMON@mx.bureau.example>
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <report-{turn}@mx.bureau.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Your message could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.bureau.example

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no such user
--b
Content-Type: text/rfc822-headers

{quoted}
--b--
"""


def delivery_report(
    recipient: str,
    message_id: str | None,
    *,
    to: str = MAILBOX,
    action: str = "failed",
    status: str = "5.1.1",
    turn: int = 1,
) -> bytes:
    """Write a report about the mail of that Message-ID, or about one of which it quotes no Message-ID."""
    quoted = "Subject: answer" if message_id is None else f"Message-ID: {message_id}"
    text = REPORT.format(to=to, turn=turn, recipient=recipient, action=action, status=status, quoted=quoted)
    return text.replace("\n", "\r\n").encode()
