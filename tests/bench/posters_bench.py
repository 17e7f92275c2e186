"""What notices for the wall cost: 200 of them as a ratio to bare typst on the same input, and a night with one change.

The floor compiles the same source with the same data and codes, one Compiler for all, and writes nothing. The two take
turns, so that a busy moment hits both; the best round of each counts.
"""

import dataclasses
import json
import tempfile
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import typst

from bureau.content import Content, load_content
from generator.posters.sheets import Poster, posters
from generator.posters.typesetting import SOURCE, draw_code, find_type, inputs, typeset
from generator.shipped import read_shipped

COUNT, BAR = 200, 1.3
ROUNDS = 3
ORIGIN = "https://example.org/"
TODAY = date(2026, 3, 4)
CONTENT = Path(__file__).parents[2] / "content"


def main() -> list[str]:
    """Measure; give a line each with the ratio and its bar."""
    found = find_type()
    if found is None:
        return ["no Chinese fonts on this machine: not measured"]
    source = read_shipped().posters[SOURCE]
    made = _many(load_content(CONTENT))
    told = [inputs(poster, ORIGIN, "a4", found) | {"code": draw_code(poster.address(ORIGIN))} for poster in made]

    def bare() -> None:
        compiler = typst.Compiler(font_paths=found.fonts)
        for one in told:
            compiler.compile(source.encode(), format="pdf", sys_inputs=one, pdf_standards="ua-1")

    def ours(changed: list[Poster], kept: Path) -> None:
        typeset(changed, source, kept, found, origin=ORIGIN, paper="a4")

    with tempfile.TemporaryDirectory() as place:
        rounds = [(_once(partial(ours, made, Path(place) / str(turn))), _once(bare)) for turn in range(ROUNDS)]
        whole, floor = (min(taken) for taken in zip(*rounds, strict=True))
        first = Path(place) / "0"
        facts = made[0].facts | {"insurer": "改"}
        before = {path.name for path in first.iterdir()}
        night = _once(lambda: ours([dataclasses.replace(made[0], facts=facts), *made[1:]], first))
        again = len({path.name for path in first.iterdir()} - before)
    return [
        f"{COUNT} notices: {whole / floor:.2f} times bare typst (bar {BAR}), {1000 * whole / COUNT:.1f} ms each",
        f"a night in which one of them changed: {again} set again, {night / whole:.3f} of the first night",
    ]


def _many(content: Content) -> list[Poster]:
    shipped = posters(content, TODAY)
    copies = [
        dataclasses.replace(one, id=f"{one.id}-{turn}", facts=json.loads(json.dumps(one.facts)) | {"signed": str(turn)})
        for turn in range(COUNT)
        for one in shipped[turn % len(shipped) :][:1]
    ]
    return copies[:COUNT]


def _once(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
