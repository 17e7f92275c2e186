"""All checks of a content folder, each run as far as the files it needs could be read."""

from bureau.checks.bodies import check_duty, check_organisations, check_receptions
from bureau.checks.figures import check_fieldwork, check_figures
from bureau.checks.hotline import check_held, check_hotline, due_dates
from bureau.checks.insurers import check_insurers, check_places
from bureau.checks.papers import check_desk, check_form, check_notices
from bureau.checks.people import check_categories, check_people
from bureau.checks.rules import check_promises, check_workdays
from bureau.faults import Fault
from bureau.files import Files


def check(files: Files) -> list[Fault]:
    """Find everything that the files contradict one another in."""
    faults = check_workdays(files.workdays)
    faults += check_figures([*files.figures, *files.published])
    faults += check_notices(files.notices, files.folder)
    return faults + _people(files) + _hotline(files) + _rules(files) + _fieldwork(files)


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
    if files.duty:
        faults += check_duty(files.duty, files.person_by_id, files.calendar)
    return faults


def _hotline(files: Files) -> list[Fault]:
    faults = check_places(files.places) if files.places else []
    if files.hotline is None:
        return faults
    days = due_dates(files.hotline.sheet, files.every_insurer, files.calendar)
    faults += check_hotline(files.hotline, files, days)
    faults += check_held(files.held, days, {insurer.id for insurer in files.every_insurer})
    if files.insurers:
        faults += check_insurers(files.insurers, files.place_ids, days)
    return faults


def _rules(files: Files) -> list[Fault]:
    faults = check_promises(files.promises) if files.promises else []
    return faults + check_form(files.letter_form) if files.letter_form else faults


def _fieldwork(files: Files) -> list[Fault]:
    sets = [read.sheet for read in (*files.figures, *files.published)]
    faults = check_fieldwork(files.visits, files.campaigns, files.place_ids, sets)
    return faults + check_desk(files.snippets, files.urgent, files.category_ids) if files.categories else faults
