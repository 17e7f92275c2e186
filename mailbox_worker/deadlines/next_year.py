"""Ask for the workday notice of a year that has none, before anybody has to reckon with it (F90).

Receives the office's calendar and the day; hands on one alarm a month to the clerk on duty and the director. The State
Council's notice comes out in late October to early December; without it every date across New Year is provisional.
"""

from datetime import date, datetime

from sqlalchemy import select

from bureau.workdays import years_to_plan
from mailbox_worker.desk import Desk
from mailbox_worker.ledger.outbox import plan_alarm
from mailbox_worker.ledger.tables import outbox


def ask_for_notice(desk: Desk, now: datetime) -> None:
    """Plan this month's alarms about a missing notice; the caller knows that the office is open."""
    today = desk.day(now)
    year = _missing(desk.content.workdays.years, today)
    if year is None:
        return
    staff = desk.content.staff
    people = (desk.clerk_on(now).id, staff.director.id)
    keys = {f"alarm:workdays:{year}:{today:%Y-%m}:{person}": person for person in people}
    with desk.ledger.read() as connection:
        planned = set(connection.execute(select(outbox.c.key).where(outbox.c.key.in_(keys))).scalars())
    if planned == set(keys):
        return
    with desk.ledger.write(now) as writer:
        for key, person in keys.items():
            plan_alarm(writer, key, person, "workdays-missing", why=str(year))


def _missing(announced: frozenset[int], today: date) -> int | None:
    return next((year for year in years_to_plan(today) if year not in announced), None)
