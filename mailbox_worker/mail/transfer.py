"""Undo what was done to bytes so that they could travel as lines of text: base64, quoted-printable, uuencode.

Receives encoded bytes. Hands on the bytes that were meant; damaged ones as far as they go. Never raises.
"""

import binascii

_UU_NAMES = frozenset({"x-uuencode", "uuencode", "uue", "x-uue"})
_NO_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))


def undone(body: bytes, encoding: str) -> bytes:
    """Return *body* with its Content-Transfer-Encoding undone; an unknown encoding is none."""
    if encoding == "base64":
        return base64_bytes(body)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(body)
    if encoding in _UU_NAMES:
        return uu_bytes(body.decode("ascii", "replace").partition("\n")[2])
    return body


def base64_bytes(data: bytes) -> bytes:
    """Decode base64, leaving out whatever else stands in it and a last letter that lacks its partners."""
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        letters = data.translate(None, _NO_BASE64)
        whole = len(letters) // 4 * 4  # decoded where they stand: a large attachment must not be copied to be padded
        rest = letters[whole:]
        last = binascii.a2b_base64(rest + b"=" * (4 - len(rest))) if len(rest) > 1 else b""
        return binascii.a2b_base64(memoryview(letters)[:whole]) + last


def uu_bytes(lines: str) -> bytes:
    """Decode the lines between `begin` and `end`; a line that is no such code counts as empty."""
    return b"".join(_uu_line(line) for line in lines.split("\n"))


def _uu_line(line: str) -> bytes:
    if not line.strip():
        return b""  # which the codec would take for 32 bytes
    try:
        return binascii.a2b_uu(line.rstrip("\r").encode("ascii"))
    except (binascii.Error, UnicodeEncodeError):
        return b""
