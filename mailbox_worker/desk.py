"""What every stage is handed: the configuration, the office's content and the ledger."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from bureau.content import Content
from bureau.desk import clerk_on
from bureau.office import Person
from bureau.promise import Promise, office_day
from mailbox_worker.config import Config
from mailbox_worker.ledger.letters import Letter
from mailbox_worker.ledger.store import Ledger
from mailbox_worker.letter.authenticity import OwnServer
from mailbox_worker.letter.rights import who_drafts

_by_rota = lru_cache(maxsize=1_000)(clerk_on)  # a rota is counted from its start; a pass asks for the same few days


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

    def clerk_of(self, letter: Letter, *, but: Collection[str] = (), drafted_by: str | None = None) -> Person:
        """Find who drafts a letter: who drafted it before, who was on duty when it came, else another but `but`."""
        first = [person for person in (drafted_by, self._on_duty(letter.received_at)) if person is not None]
        return who_drafts(self.content.staff, letter.restricted, self.config.away | frozenset(but), first)

    def clerk_on(self, at: datetime) -> Person:
        """Find the clerk on duty at an instant, for what is no letter."""
        on_duty = self._on_duty(at)
        return who_drafts(self.content.staff, (), self.config.away, () if on_duty is None else (on_duty,))

    def _on_duty(self, at: datetime) -> str | None:
        duty = self.content.duty
        return None if duty is None else _by_rota(duty, self.content.workdays, self.day(at))

    @property
    def server(self) -> OwnServer | None:
        """Our mail server as its authentication results name it, where they are used."""
        authserv_id = self.config.sign_off.authserv_id
        return None if authserv_id is None else OwnServer(authserv_id, self.config.domain)
