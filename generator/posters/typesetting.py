"""Set the notices for the wall as PDF, with typst: the only module that knows it.

Receives posters, the typst source and a folder that keeps what was set before; hands on the PDF of each. What office
and insurers wrote goes in as data, never as source. A warning of typst fails the build: a font that is missing would
else be replaced without a word. The files are tagged (PDF/UA) and carry no date of their own.
"""

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import segno
import typst

from bureau.exits import Exit, Stop
from generator.posters.sheets import Poster
from generator.words import catalog, message
from generator.work import Paper

TITLE = ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "Noto Serif CJK SC", "Noto Serif SC", "Source Han Serif SC")
SERIF = ("FangSong", "STFangsong", "Noto Serif CJK SC", "Noto Serif SC", "Source Han Serif SC", "SimSun", "Songti SC")
SANS = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "SimHei", "Heiti SC", "Microsoft YaHei")
SOURCE = "notice.typ"
MASK = 4  # every mask can be read; to weigh all eight takes longer than to set the page
TAGGED: Literal["ua-1"] = "ua-1"


@dataclass(frozen=True, slots=True)
class Type:
    """The families of a machine that hold Chinese characters in their mainland form; `title` is bold or drawn so."""

    title: str
    serif: str
    sans: str
    fonts: typst.Fonts


def find_type() -> Type | None:
    """Look for the families; None where this machine has none of one kind."""
    fonts = typst.Fonts(include_embedded_fonts=False)
    families = set(fonts.families())
    title, serif, sans = (
        next((family for family in wanted if family in families), None) for wanted in (TITLE, SERIF, SANS)
    )
    return Type(title or sans, serif, sans, fonts) if serif and sans else None


def typeset(
    posters: Sequence[Poster], source: str, kept: Path, found: Type, *, origin: str, paper: Paper
) -> Mapping[str, bytes]:
    """Give the PDF of every poster by its path below the site; only those not kept from earlier are set."""
    kept.mkdir(parents=True, exist_ok=True)
    software = f"typst {version('typst')} segno {version('segno')}\n{source}"
    compiler = typst.Compiler(font_paths=found.fonts, ignore_system_fonts=False)
    made: dict[str, bytes] = {}
    wanted: set[Path] = set()
    for poster in posters:
        told = inputs(poster, origin, paper, found)
        file = kept / f"{_digest(software, told)}.pdf"
        wanted.add(file)
        if not file.is_file():
            code = draw_code(poster.address(origin))
            _keep(file, _set(compiler, source, poster, told | {"code": code}))
        made[poster.path] = file.read_bytes()
    for file in set(kept.iterdir()) - wanted:
        file.unlink()
    return made


def inputs(poster: Poster, origin: str, paper: Paper, found: Type) -> dict[str, str]:
    """Give everything that typst is told of one notice but the drawn code: strings alone."""
    address = poster.address(origin)
    words = catalog("posters")
    facts = poster.facts | {
        "id": poster.id,
        "version": poster.version,
        "code_label": words["code_label"],
        "code_alt": words["code_alt"].format(address=address),
    }
    data = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    return {"data": data, "paper": paper, "title": found.title, "serif": found.serif, "sans": found.sans}


def draw_code(address: str) -> str:
    """Draw the QR code of an address as SVG, black on white with its quiet zone."""
    svg = io.BytesIO()
    segno.make_qr(address, error="m", mask=MASK).save(
        svg, kind="svg", border=4, xmldecl=False, dark="black", light="white"
    )
    return svg.getvalue().decode()


def _digest(software: str, told: Mapping[str, str]) -> str:
    known = json.dumps([software, told], sort_keys=True)
    return hashlib.sha256(known.encode()).hexdigest()


def _set(compiler: typst.Compiler, source: str, poster: Poster, inputs: dict[str, str]) -> bytes:
    try:
        pdf, warnings = compiler.compile_with_warnings(
            source.encode(), format="pdf", sys_inputs=inputs, pdf_standards=TAGGED
        )
    except typst.TypstError as refused:
        raise Stop(Exit.OUR_FAULT, message("poster_failed", poster=poster.id, reason=refused.message)) from None
    if warnings:
        reason = "; ".join(warning.message for warning in warnings)
        raise Stop(Exit.OUR_FAULT, message("poster_failed", poster=poster.id, reason=reason))
    if not isinstance(pdf, bytes):
        raise Stop(Exit.OUR_FAULT, message("poster_failed", poster=poster.id, reason=type(pdf).__name__))
    return pdf


def _keep(file: Path, pdf: bytes) -> None:
    half = file.with_suffix(".part")
    half.write_bytes(pdf)
    half.replace(file)
