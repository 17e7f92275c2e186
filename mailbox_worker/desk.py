"""What every stage is handed: the configuration, the office's content and the ledger."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bureau.content import Content
from bureau.promise import Promise, office_day
from mailbox_worker.config import Config
from mailbox_worker.ledger.store import Ledger
from mailbox_worker.letter.authenticity import OwnServer


@dataclass(frozen=True, slots=True)
class Desk:
    """One office's desk; opened once a run."""

    config: Config
    content: Content
    ledger: Ledger

    @property
    def zone(self) -> ZoneInfo:
        """The office's time zone."""
        return self.content.office.time_zone

    def day(self, at: datetime) -> date:
        """Tell which day an instant belongs to at the office."""
        return office_day(at, self.zone)

    def promise(self, identity: str) -> Promise:
        """Give the promise that a letter was taken in under, or today's when content knows that one no longer."""
        promises = self.content.promises
        return next((one for one in promises if one.id == identity), self.content.mailbox_promise)

    @property
    def server(self) -> OwnServer | None:
        """Our mail server as its authentication results name it, where they are used."""
        authserv_id = self.config.sign_off.authserv_id
        return None if authserv_id is None else OwnServer(authserv_id, self.config.domain)
