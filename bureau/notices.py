"""The office's notices (公告) as they stand in content/notices/, with what became of them."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from bureau.sheet import Id, Sheet, Text

NoticeKind = Literal["hotline", "mailbox", "work", "reception", "reminder", "statistics"]
# 赣×发〔2012〕5号: hexagonal brackets, no 第, no leading zero (党政机关公文格式, GB/T 9704).
DocumentNumber = Annotated[str, Field(pattern=r"^[^\s第〔〕]+〔\d{4}〕[1-9]\d*号$")]


class Attachment(Sheet):
    """A file under content/attachments/ and the name that readers see."""

    name: Text
    file: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*(/[A-Za-z0-9][A-Za-z0-9_.-]*)*$")]


class NoticeChange(Sheet):
    """What was changed in a notice after it was published, and why."""

    on: date
    what: Text
    why: Text


class NoticeCancelled(Sheet):
    """The notice no longer holds."""

    on: date
    why: Text


class Notice(Sheet):
    """One official notice; `body` is Markdown. The dates are the document's own, never the build's."""

    id: Id
    title: Text
    kind: NoticeKind
    issuer: Text
    number: DocumentNumber | None = None  # 文号
    index: Text  # 索引号
    topic: Text | None = None  # 主题分类
    dated: date  # 成文日期
    published: date  # 发布日期
    valid_from: date | None = None
    valid_until: date | None = None
    supersedes: Id | None = None
    body: Text
    attachments: tuple[Attachment, ...] = ()
    changes: tuple[NoticeChange, ...] = ()
    cancelled: NoticeCancelled | None = None

    def in_force(self, day: date) -> bool:
        """Tell whether the notice holds on a day, by its own dates; a later one may supersede it."""
        begins = self.valid_from or self.published
        ended = self.cancelled is not None and self.cancelled.on <= day
        return begins <= day and not ended and (self.valid_until is None or day <= self.valid_until)


class NoticeFile(Sheet):
    """One year's notices."""

    notices: tuple[Notice, ...]
