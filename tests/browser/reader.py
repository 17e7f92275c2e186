"""Somebody who reads the site: opens pages in a width and a colour scheme, and notes what goes wrong on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

WIDE, PHONE = 1400, 390
KINDS = {
    "home": "",
    "hotline": "hotline/",
    "hotline day": "hotline/2026-02-05/",
    "insurer": "hotline/insurers/demo-property/",
    "place": "hotline/places/ganzhou/",
    "mailbox": "mailbox/",
    "reception": "reception/",
    "bodies": "bodies/",
    "notices": "notices/",
    "notices of a year": "notices/year/2026/",
    "notices of a kind": "notices/kind/hotline/",
    "notice": "notices/hotline-2026/",
    "notice with an attachment": "notices/mailbox-2026/",
    "notice that was withdrawn": "notices/hotline-2025/",
    "statistics": "statistics/",
    "distribution": "statistics/mailbox/days-to-answer/",
    "line": "statistics/hotline-quarter/",
    "rate": "statistics/mailbox/on-time-rate/",
    "organisation": "organisation/",
    "about": "about/",
    "open data": "data/",
    "corrections": "corrections/",
    "release calendar": "releases/",
    "subscriptions": "subscribe/",
    "notices for walls": "posters/",
    "notices for a wall": "posters/demo-property-yudu/",
    "not found": "404.html",
}


class Reader:
    """Opens pages, each in a fresh context, as a first visit is."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.address = address
        self.foreign: list[str] = []  # requests to other hosts
        self.complaints: list[str] = []  # errors and warnings of the console, uncaught errors, failed requests
        self.fetched: list[str] = []  # every address that was asked for
        self._browser = browser
        self._contexts: list[BrowserContext] = []

    def opens(
        self, kind: str, *, width: int = WIDE, scheme: Literal["light", "dark"] = "light", scripts: bool = True
    ) -> Page:
        """Open a page of this kind and wait until it has loaded."""
        context = self._browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=scripts,
            reduced_motion="reduce",
            locale="zh-CN",
        )
        context.set_default_timeout(20_000)
        self._contexts.append(context)
        page = context.new_page()
        page.on("request", self._note_request)
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("requestfailed", lambda request: self.complaints.append(f"failed: {request.url}"))
        self.goes(page, kind)
        return page

    def goes(self, page: Page, kind: str) -> None:
        """Go to a page of this kind in a window that is open."""
        page.goto(self.address + KINDS[kind], wait_until="load")

    def leave(self) -> None:
        """Close everything that was opened."""
        for context in self._contexts:
            context.close()

    def _note_request(self, request: Request) -> None:
        self.fetched.append(request.url)
        if urlsplit(request.url).scheme in {"http", "https"} and not request.url.startswith(self.address):
            self.foreign.append(request.url)

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)
