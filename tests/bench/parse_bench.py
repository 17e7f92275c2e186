"""What reading a mail costs, as a ratio to what the stdlib's compat32 parser costs alone, which reads no text at all.

Above 1 is faster than the bare parse. Measured on the thirteen ordinary letters: as they are, as they arrive (with the
trace fields that four servers write), and with two photographs; and on the replies of all programs, a third of them
HTML. The best of some rounds counts, in processor time.
"""

import time
from base64 import encodebytes
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path

from mailbox_worker.mail.new_text import split_new_text
from mailbox_worker.mail.read import read_mail

LETTERS = Path(__file__).parents[1] / "letters"
BAR = 0.5
ROUNDS = 9
TIMES = 20
TRACE = b"".join(
    b"Received: from mx%d.example.org (mx%d.example.org [192.0.2.%d])\r\n\tby mx%d.example.net (Postfix) with ESMTPS"
    b" id 4F2C%d\r\n\tfor <director@bureau.example>; Mon, 02 Mar 2026 09:12:4%d +0800 (CST)\r\n" % (n, n, n, n, n, n)
    for n in range(4)
) + (
    b"Authentication-Results: mx.bureau.example; dkim=pass header.d=example.org; spf=pass; dmarc=pass\r\n"
    b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=s1; h=From:To:Subject:Date;\r\n"
    b"\tbh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=" + 4 * (b"A" * 70 + b"\r\n\t") + b"A==\r\n"
    b"X-Mailer: Mail 1.0\r\nX-Originating-IP: [192.0.2.9]\r\nX-CM-TRANSID: AQAAf0000\r\n"
    b"Return-Path: <a@example.org>\r\n"
)
PHOTOGRAPH = encodebytes(b"\xff\xd8\xff\xe0" + bytes(range(256)) * 600).replace(b"\n", b"\r\n")


def main() -> list[str]:
    """Measure; give one line a kind of mail."""
    ordinary = [path.read_bytes() for path in sorted(LETTERS.glob("*.eml"))]
    replies = [path.read_bytes() for path in sorted((LETTERS / "replies").glob("*.eml"))]
    return [
        _line("ordinary letters, bare", ordinary),
        _line("ordinary letters with trace fields", [TRACE + raw for raw in ordinary]),
        _line("ordinary letters with two photographs", [_with_photographs(TRACE + raw) for raw in ordinary]),
        _line("replies of 37 programs, new text parted", replies, read=lambda raw: split_new_text(read_mail(raw).text)),
    ]


def _line(what: str, mails: list[bytes], read: Callable[[bytes], object] = read_mail) -> str:
    floor, ours = _best(message_from_bytes, mails), _best(read, mails)
    count = len(mails) * TIMES
    micro = f"{ours / count * 1e6:.0f} µs a mail, the bare parse {floor / count * 1e6:.0f}"
    return f"{what}: {floor / ours:.2f} of a bare compat32 parse (bar {BAR}); {micro}"


def _with_photographs(raw: bytes) -> bytes:
    head, _, body = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n").partition(b"\r\n\r\n")
    fields = head.split(b"\r\n")
    own = next((at for at, line in enumerate(fields) if line.lower().startswith(b"content-")), len(fields))
    picture = b"Content-Type: image/jpeg\r\nContent-Transfer-Encoding: base64\r\n\r\n" + PHOTOGRAPH
    outer = b"\r\n".join([*fields[:own], b"Content-Type: multipart/mixed; boundary=photographs"])
    parts = (b"\r\n".join(fields[own:]) + b"\r\n\r\n" + body, picture, picture)
    return (
        outer + b"\r\n\r\n" + b"".join(b"--photographs\r\n" + part + b"\r\n" for part in parts) + b"--photographs--\r\n"
    )


def _best(work: Callable[[bytes], object], mails: list[bytes]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for raw in mails * TIMES:
            work(raw)
        times.append(time.process_time() - start)
    return min(times)
