"""What Lighthouse says of the portal: its four categories for the pages people come for, at a desk and on a phone.

The site is the one that the browser tests look at, served on loopback. Every page is audited five times in each form by
a fresh Chromium, and the median of each category counts; what a page lost points for is named. Lighthouse is no part of
the project: npx fetches this version of it, and without Node.js nothing is measured. It takes some ten minutes.
"""

import json
import os
import shutil
import statistics
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.browser.reader import KINDS
from tests.browser.serving import serving
from tests.generator.office import build, copy_older_content

LIGHTHOUSE = "lighthouse@12.8.2"
PAGES = ("home", "hotline", "mailbox", "line", "notice")
FORMS = {"desktop": ["--preset=desktop"], "phone": []}
TIMES = 5
BAR, PHONE_SPEED_BAR = 98, 95
GOOD = 0.9
CHROMIUM = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --disable-background-networking"


def main() -> list[str]:
    """Measure; give one line for each page and form."""
    npx, chromium = shutil.which("npx"), shutil.which("chromium")
    if npx is None or chromium is None:
        return ["nothing was measured: Lighthouse needs Node.js (npx) and Chromium"]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        build(copy_older_content(folder), folder / "site")
        with serving(folder / "site") as address:
            return [
                _line(kind, form, [_audit(npx, chromium, address + KINDS[kind], FORMS[form]) for _ in range(TIMES)])
                for kind in PAGES
                for form in FORMS
            ]


def _audit(npx: str, chromium: str, address: str, form: list[str]) -> dict[str, Any]:
    command = [npx, "--yes", LIGHTHOUSE, address, *form, "--quiet", "--output=json", f"--chrome-flags={CHROMIUM}"]
    environment = os.environ | {"CHROME_PATH": chromium}
    ran = subprocess.run(command, env=environment, check=True, capture_output=True, timeout=180)
    report: dict[str, Any] = json.loads(ran.stdout)
    return report


def _line(kind: str, form: str, reports: list[dict[str, Any]]) -> str:
    scores: dict[str, list[int]] = defaultdict(list)
    for report in reports:
        for name, category in report["categories"].items():
            scores[name].append(round((category["score"] or 0) * 100))
    told = []
    for name, found in scores.items():
        bar = PHONE_SPEED_BAR if (form, name) == ("phone", "performance") else BAR
        told.append(f"{name} {statistics.median(found)} (bar {bar}, worst {min(found)})")
    lost = sorted({name for report in reports for name in _lost(report)})
    return f"{kind}, {form}: {', '.join(told)}" + (f"; points lost for {', '.join(lost)}" if lost else "")


def _lost(report: dict[str, Any]) -> Iterable[str]:
    """Name the audits that count and were not good."""
    for category in report["categories"].values():
        for reference in category["auditRefs"]:
            score = report["audits"][reference["id"]]["score"]
            if reference["weight"] and score is not None and score < GOOD:
                yield reference["id"]
