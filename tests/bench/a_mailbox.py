"""A mailbox of forty letters as such an office gets them, made without chance: the mix that reading is measured on.

Hands on raw mails by kind. The shares are a guess at a public mailbox in China, and sizes are those of ordinary mail:
250 to 1,500 characters of text, two kilobytes of header lines (three servers, DKIM, results, and so on).

- plain (16): one text, in UTF-8 or GBK, base64, quoted-printable or 8 bit
- both forms (13): plain and HTML, as QQ, 163 and Outlook write them
- HTML only (4): as web mail and old programs write it
- with files (7): both forms and one to three photographs, a PDF or a document of 60 to 250 kB
"""

import quopri
from base64 import b64encode, encodebytes
from collections.abc import Callable
from itertools import cycle

SENTENCES = (
    "我于2026年3月2日在贵局辖区内一家保险公司办理车险理赔，至今未收到赔款。",
    "报案号为12345678，查勘员当天到场拍照，定损金额8,000元，维修发票已经交齐。",
    "客服先说材料不全，后又说超过期限，前后说法不一，也没有书面答复。",
    "本人多次拨打投诉电话，均被告知“正在处理，请耐心等待”。",
    "依据合同第十二条，公司应当在达成协议后十日内支付，请局领导过问。",
    "另外，业务员当初承诺可以随时退保且不扣费用，与合同写的完全不同。",
    "附上保单复印件和聊天记录，请查收；如需补充材料，请电话或邮件通知我。",
)
CLOSING = "\r\n\r\n此致\r\n敬礼\r\n\r\n张三\r\n联系电话：000-0000-0000\r\n2026年3月5日"
LENGTHS = (7, 12, 5, 20, 9, 30)  # sentences
ENCODINGS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "b": ("base64", encodebytes),
    "q": ("quoted-printable", quopri.encodestring),
    "8": ("8bit", bytes),
}


def mailbox() -> dict[str, list[bytes]]:
    """Make the forty letters, by kind."""
    number = iter(range(1, 41))
    plain = [_plain(next(number), how) for how in ("utf-8 b", "gbk b", "utf-8 q", "utf-8 8") * 4]
    both = [_both(next(number), style) for style in (("qq", "163", "outlook") * 5)[:13]]
    html = [_page_alone(next(number), style) for style in ("qq", "163", "outlook", "qq")]
    files = [_with_files(next(number), files) for files in ("j", "jj", "p", "j", "jjj", "d", "jp")]
    return {"plain": plain, "both forms": both, "HTML only": html, "with files": files}


def _plain(number: int, how: str) -> bytes:
    return _head(number) + _text_part("plain", _text(number), *how.split())


def _both(number: int, style: str) -> bytes:
    return _head(number) + _alternative(number, style)


def _page_alone(number: int, style: str) -> bytes:
    charset, encoding = STYLES[style]
    return _head(number) + _text_part("html", _page(_text(number), style), charset, encoding)


def _with_files(number: int, files: str) -> bytes:
    parts = [_alternative(number, "qq"), *(_file(number, place, kind) for place, kind in enumerate(files))]
    return _head(number) + _multipart("mixed", f"----=_NextPart_{number:08X}_0A1B2C3D", parts)


STYLES = {"qq": ("utf-8", "b"), "163": ("GBK", "b"), "outlook": ("gb2312", "q")}


def _alternative(number: int, style: str) -> bytes:
    charset, encoding = STYLES[style]
    text = _text(number)
    page = _page(text, style)
    parts = [_text_part("plain", text, charset, encoding), _text_part("html", page, charset, encoding)]
    return _multipart("alternative", f"----=_NextPart_{number:08X}_4E5F6A7B", parts)


def _multipart(kind: str, boundary: str, parts: list[bytes]) -> bytes:
    head = f'Content-Type: multipart/{kind};\r\n\tboundary="{boundary}"\r\n\r\nThis is a multi-part message.\r\n\r\n'
    marker = f"--{boundary}".encode()
    return head.encode() + b"".join(marker + b"\r\n" + part + b"\r\n" for part in parts) + marker + b"--\r\n"


def _text_part(kind: str, text: str, charset: str, encoding: str) -> bytes:
    raw = text.encode("gb18030" if charset.lower().startswith("gb") else charset)
    name, encode = ENCODINGS[encoding]
    head = f'Content-Type: text/{kind};\r\n\tcharset="{charset}"\r\nContent-Transfer-Encoding: {name}\r\n\r\n'
    return head.encode() + encode(raw).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _file(number: int, place: int, kind: str) -> bytes:
    first, media_type, name, size = {
        "j": (b"\xff\xd8\xff\xe0", "image/jpeg", f"微信图片_2026030{place}.jpg", 180_000),
        "p": (b"%PDF-1.7\n", "application/pdf", "保单复印件.pdf", 250_000),
        "d": (b"PK\x03\x04", "application/octet-stream", "情况说明.docx", 60_000),
    }[kind]
    content = first + bytes((at * (number + 7) + at // 256) % 256 for at in range(4096)) * (size // 4096)
    word = f"=?utf-8?B?{b64encode(name.encode()).decode()}?="
    fields = f'{media_type};\r\n\tname="{word}"\r\nContent-Disposition: attachment; filename="{word}"'
    head = f"Content-Type: {fields}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head.encode() + encodebytes(content).replace(b"\n", b"\r\n")


def _text(number: int) -> str:
    sentences = cycle(SENTENCES[number % len(SENTENCES) :] + SENTENCES[: number % len(SENTENCES)])
    written = [next(sentences) for _ in range(LENGTHS[number % len(LENGTHS)])]
    paragraphs = ["".join(written[at : at + 3]) for at in range(0, len(written), 3)]
    return "尊敬的局长：\r\n\r\n您好！" + "\r\n\r\n".join(paragraphs) + CLOSING


def _page(text: str, style: str) -> str:
    lines = text.split("\r\n")
    if style == "outlook":
        sheet = "<!--\r\n@font-face {font-family:宋体;}\r\np.MsoNormal {margin:0cm; font-size:10.5pt;}\r\n" * 8 + "-->"
        body = "".join(
            '<p class="MsoNormal"><span style="font-size:12.0pt;font-family:宋体">'
            f'{line or "<span lang=EN-US>&nbsp;</span>"}<span lang="EN-US"><o:p></o:p></span></span></p>\r\n'
            for line in lines
        )
        return f'<html><head><style>{sheet}</style></head><body lang="ZH-CN"><div>{body}</div></body></html>'
    if style == "163":
        body = "".join(f'<div style="margin: 0;">{line or "<br>"}</div>' for line in lines)
        font = "line-height:1.7;color:#000000;font-size:14px;font-family:Arial"
        return f'<div style="{font}">{body}</div><br><br><span title="neteasefooter"><p>&nbsp;</p></span>'
    body = "".join(f'<div style="font-family: 宋体; font-size: 14px;">{line or "<br>"}</div>' for line in lines)
    meta = '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">'
    return f"{meta}{body}<div><includetail></includetail></div>"


def _head(number: int) -> bytes:
    subject = "".join(
        f"=?utf-8?B?{b64encode(piece.encode()).decode()}?=\r\n "
        for piece in ("关于车险理赔被拒的投诉", f"第{number}次反映", "请局领导过问")[: 1 + number % 3]
    ).strip()
    name = b64encode("张三".encode("gb18030")).decode()
    hops = "".join(
        f"Received: from {host} (unknown [192.0.2.{at}])\r\n\tby {by} (Postfix) with ESMTPS id 4F2C{number:02}{at}\r\n"
        f"\tfor <director@bureau.example>; Thu, 05 Mar 2026 09:{59 - at}:4{at} +0800 (CST)\r\n"
        for at, (host, by) in enumerate(
            (
                ("mx.bureau.example", "store.bureau.example"),
                ("smtpbg1.mail.example.org", "mx.bureau.example"),
                ("web1.mail.example.org", "smtpbg1.mail.example.org"),
            )
        )
    )
    signature = "\r\n\t ".join(["b=" + 40 * "aB3" for _ in range(3)])
    return (
        "Return-Path: <zhangsan@mail.example.org>\r\nX-Original-To: director@bureau.example\r\n"
        f"Delivered-To: director@bureau.example\r\n{hops}"
        "Authentication-Results: mx.bureau.example;\r\n\tdkim=pass (1024-bit key) header.d=mail.example.org;\r\n"
        "\tspf=pass smtp.mailfrom=zhangsan@mail.example.org; dmarc=pass header.from=mail.example.org\r\n"
        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=mail.example.org;\r\n\ts=s201512; t=1772675940;\r\n"
        "\tbh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\r\n\th=From:To:Subject:Date:Message-ID;\r\n"
        f"\t {signature}\r\n"
        "X-QQ-mid: xmsmtpt1772675939tqk2u5h1z\r\nX-QQ-XMAILINFO: " + "\r\n\t ".join(["N2x4" * 17] * 8) + "\r\n"
        f"X-QQ-XMRINFO: Nq+8W0+stu50PRdwbJxPCL0=\r\nX-Originating-IP: [192.0.2.99]\r\n"
        f'From: "=?gb18030?B?{name}?=" <zhangsan@mail.example.org>\r\n'
        f'To: "=?gb18030?B?{b64encode("局长信箱".encode("gb18030")).decode()}?=" <director@bureau.example>\r\n'
        f"Subject: {subject}\r\nDate: Thu, 5 Mar 2026 09:58:59 +0800\r\nX-Priority: 3\r\n"
        f"Message-ID: <tencent_{number:040X}@mail.example.org>\r\nX-Mailer: QQMail 2.x\r\nMIME-Version: 1.0\r\n"
    ).encode()
