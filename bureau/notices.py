"""The office's notices (公告) as they stand in content/notices/."""

from datetime import date
from typing import Literal

from bureau.sheet import Id, Sheet, Text

NoticeKind = Literal["hotline", "mailbox", "work"]


class Notice(Sheet):
    """One official notice; `body` is Markdown. The dates are the document's own, never the build's."""

    id: Id
    title: Text
    kind: NoticeKind
    issuer: Text
    number: Text | None = None  # 文号
    index: Text  # 索引号
    dated: date  # 成文日期
    published: date  # 发布日期
    body: Text


class NoticeFile(Sheet):
    """One year's notices."""

    notices: tuple[Notice, ...]
