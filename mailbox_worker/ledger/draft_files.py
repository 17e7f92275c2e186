"""The files of a draft: their bytes stand beside it, because the mail that brought them is dropped once settled.

A file's bytes never change; their sha256 is part of what is signed off.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, insert, select

from mailbox_worker.ledger.store import Writer
from mailbox_worker.ledger.tables import draft_files


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A file that goes out with a draft; sha256 in lower-case hexadecimal, of the content."""

    name: str
    media_type: str
    sha256: str
    content: bytes = field(repr=False)

    @property
    def size(self) -> int:
        """Its size in bytes."""
        return len(self.content)


def add_files(writer: Writer, letter: str, version: int, files: Sequence[DraftFile]) -> None:
    """Log the files of a draft in the order in which they will be sent."""
    for position, file in enumerate(files):
        writer.connection.execute(
            insert(draft_files).values(
                letter=letter,
                version=version,
                position=position,
                name=file.name,
                media_type=file.media_type,
                sha256=file.sha256,
                bytes=file.content,
            )
        )


def files_of(connection: Connection, letter: str, version: int) -> tuple[DraftFile, ...]:
    """Give the files of a draft in their order."""
    query = select(draft_files).where(draft_files.c.letter == letter, draft_files.c.version == version)
    return tuple(
        DraftFile(row.name, row.media_type, row.sha256, row.bytes)
        for row in connection.execute(query.order_by(draft_files.c.position))
    )
