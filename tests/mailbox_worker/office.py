"""The people of an invented office, and mails to it written by hand; shared by the tests of the pure middle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bureau.office import Category, Person, Staff
from mailbox_worker.letter.authenticity import OwnServer
from mailbox_worker.mail.read import read_mail

if TYPE_CHECKING:
    from mailbox_worker.mail.parsed import ParsedMail

SERVER = OwnServer("mx.bureau.example", "bureau.example")


def person(identity: str, name: str, post: str, *aliases: str, stand_in: str | None = None) -> Person:
    """Make a colleague."""
    return Person.model_validate(
        {
            "id": identity,
            "name": name,
            "post": post,
            "title": "副局长",
            "aliases": aliases,
            "stand_in": stand_in,
            "duties": "分管",
        }
    )


CHEN = person("chen-jing", "陈静", "deputy-director", "陈副局长", "陈局", stand_in="li-ming")
LI = person("li-ming", "李明", "deputy-director", "李局", stand_in="chen-jing")
ZHANG = person("zhang-wei", "张伟", "director", "张局长")
WANG = person("wang-fang", "王芳", "clerk", "小王")
ZHAO = person("zhao-min", "赵敏", "clerk")
STAFF = Staff(
    people={each.id: each for each in (ZHANG, CHEN, LI, WANG, ZHAO)},
    categories={
        "general": Category(id="general", name="综合", deputy="chen-jing", default=True),
        "motor": Category(id="motor", name="车险（理赔）", deputy="chen-jing"),
        "life": Category(id="life", name="人身保险", deputy="li-ming"),
    },
)


def mail(*headers: str, text: str = "您好") -> ParsedMail:
    """Read a mail with these header lines, in this order from the top."""
    return read_mail("\r\n".join([*headers, "Content-Type: text/plain; charset=utf-8", "", text, ""]).encode())
