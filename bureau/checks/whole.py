"""All checks of a content folder, each run as far as the files it needs could be read."""

from bureau.checks.bodies import check_duty, check_organisations, check_receptions
from bureau.checks.figures import check_fieldwork, check_figures
from bureau.checks.hotline import check_held, check_hotline, due_dates
from bureau.checks.insurers import check_insurers, check_places
from bureau.checks.papers import check_desk, check_form, check_notices
from bureau.checks.people import check_categories, check_people
from bureau.checks.releases import check_releases
from bureau.checks.rules import check_promises, check_workdays
from bureau.faults import Fault
from bureau.files import Files


def check(files: Files) -> list[Fault]:
    """Find everything that the files contradict one another in. A faulty file is no reason to fault another one."""
    calendar = check_workdays(files.workdays)
    calendar_known = not calendar and "workdays/" not in files.faulty
    faults = calendar + check_figures([*files.figures, *files.published])
    faults += check_notices(files.notices, files.folder)
    faults += check_places(files.places) if files.places else []
    faults += check_promises(files.promises) if files.promises else []
    faults += check_form(files.letter_form) if files.letter_form else []
    faults += _releases(files)
    faults += _people(files) + _fieldwork(files)
    return faults + _by_calendar(files) if calendar_known else faults


def _releases(files: Files) -> list[Fault]:
    known = not {"figures/", "published/"} & files.faulty
    sets = {read.sheet.id for read in (*files.figures, *files.published)} if known else None
    return check_releases(files.releases, sets) if files.releases else []


def _people(files: Files) -> list[Fault]:
    if files.people is None:
        return []
    faults = check_people(files.people)
    if files.categories:
        faults += check_categories(files.categories, files.people)
    if files.organisations:
        faults += check_organisations(files.organisations, files.person_by_id)
    if files.receptions:
        faults += check_receptions(files.receptions, files.person_by_id)
    return faults


def _by_calendar(files: Files) -> list[Fault]:
    faults: list[Fault] = []
    if files.duty and files.people:
        faults += check_duty(files.duty, files.person_by_id, files.calendar)
    if files.hotline is None:
        return faults
    days = due_dates(files.hotline.sheet, files.every_insurer, files.calendar)
    faults += check_hotline(files.hotline, files, days)
    if "insurers.yml" not in files.faulty:
        faults += check_held(files.held, days, {insurer.id for insurer in files.every_insurer})
    if files.insurers and "places.yml" not in files.faulty:
        faults += check_insurers(files.insurers, files.place_ids, days)
    return faults


def _fieldwork(files: Files) -> list[Fault]:
    sets = [read.sheet for read in (*files.figures, *files.published)]
    faults: list[Fault] = []
    if not {"places.yml", "figures/", "published/"} & files.faulty:
        faults += check_fieldwork(files.visits, files.campaigns, files.organisations, files.place_ids, sets)
    return faults + check_desk(files.snippets, files.urgent, files.category_ids) if files.categories else faults
