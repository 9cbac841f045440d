"""Reading screenplays: Fountain, plain text as typed on paper, and any other text without an error."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuleshov.media.screenplay import (
    Action,
    Cut,
    Element,
    Heading,
    Screenplay,
    ScriptScene,
    Speech,
    parse_screenplay,
    read_heading,
)

FOUNTAIN = """Title: The *Long* Way
Credit: written by
Author: A. Nonymous

FADE IN:

INT. KITCHEN - NIGHT #1#

Rain. ANNA (30) stands at the window. [[a note]] She
waits /* cut
this */ still.

ANNA
(softly)
You're late.
(beat)
Again.

BRUNO (O.S.) (CONT'D)
I know.

!SHOUTING IS ACTION

@McCloud
Hold on!

CLARA ^
Hold on!

CUT TO:

.THE DREAM

EXT. STREET / INT. CAR - CONTINUOUS

They drive.

> FADE OUT.

>THE END<
"""

TYPED = """
                                                          12.

12   INT. POLICE STATION - OFFICE - DAY                    12

     The detective looks up. He has been
     here all night.

                         DETECTIVE MÜLLER
               So you came back after all
               these years.
                    (MORE)
                                                          13.
     He closes the file.

                         WITNESS (V.O.)
                    (in a whisper, as if
                    somebody listened)
               I had to.

                                                   DISSOLVE TO:

JUDGE: Order! Order in
the court!
"""


def speeches(text: str) -> list[Speech]:
    return [speech for _, speech in parse_screenplay(text).speeches]


def test_fountain() -> None:
    play = parse_screenplay(FOUNTAIN)
    assert play.title_page == {"title": "The Long Way", "credit": "written by", "author": "A. Nonymous"}
    assert [scene.heading and scene.heading.text for scene in play.scenes] == [
        None,
        "INT. KITCHEN - NIGHT",
        "THE DREAM",
        "EXT. STREET / INT. CAR - CONTINUOUS",
    ]
    assert play.scenes[0].elements == (Cut("FADE IN:"),)
    assert play.scenes[1].heading == Heading("INT. KITCHEN - NIGHT", True, False, "KITCHEN", "night", "1")
    assert play.scenes[1].elements == (
        Action("Rain. ANNA (30) stands at the window. She waits still."),
        Speech("ANNA", (("softly", "You're late."), ("beat", "Again."))),
        Speech("BRUNO", ((None, "I know."),), "O.S."),
        Action("SHOUTING IS ACTION"),
        Speech("McCloud", ((None, "Hold on!"),)),
        Speech("CLARA", ((None, "Hold on!"),), dual=True),
        Cut("CUT TO:"),
    )
    assert play.scenes[3].elements == (Action("They drive."), Cut("FADE OUT."), Action("THE END"))


def test_plain_text_as_typed_on_paper() -> None:
    (scene,) = parse_screenplay(TYPED).scenes
    assert scene.heading == Heading(
        "INT. POLICE STATION - OFFICE - DAY", True, False, "POLICE STATION - OFFICE", "day", "12"
    )
    assert scene.elements == (
        Action("The detective looks up. He has been here all night."),
        Speech("DETECTIVE MÜLLER", ((None, "So you came back after all these years."),)),
        Action("He closes the file."),
        Speech("WITNESS", (("in a whisper, as if somebody listened", "I had to."),), "V.O."),
        Cut("DISSOLVE TO:"),
        Speech("JUDGE", ((None, "Order! Order in the court!"),)),
    )


@pytest.mark.parametrize(
    ("line", "interior", "exterior", "place", "time"),
    [
        ("INT. NIGHT CLUB - DAY", True, False, "NIGHT CLUB", "day"),
        ("Ext. forest — late afternoon", False, True, "forest", "afternoon"),
        ("INT/EXT CAR - DUSK (RAIN)", True, True, "CAR", "dusk"),
        ("I/E. TRAIN - MIDNIGHT", True, True, "TRAIN", "night"),
        ("EST. THE CITY", False, True, "THE CITY", None),
        ("EXT. ROOF - SUNRISE - MOMENTS LATER", False, True, "ROOF", "dawn"),
        ("INT. HALL - MOMENTS LATER", True, False, "HALL", "night"),
    ],
)
def test_headings(line: str, interior: bool, exterior: bool, place: str, time: str | None) -> None:
    heading = read_heading(line, before="night")
    assert heading is not None
    assert (heading.interior, heading.exterior, heading.place, heading.time_of_day) == (interior, exterior, place, time)


@pytest.mark.parametrize("line", ["Interior monologue.", "Est-ce que tu viens?", "Int the dark", "EXTRA HOT", ""])
def test_what_is_no_heading(line: str) -> None:
    assert read_heading(line) is None


# What may stand in an element so that writing it down and reading it again gives the same.
words = st.lists(
    st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyzäéñßж"), min_size=1, max_size=8), min_size=1, max_size=12
).map(" ".join)
sentences = words.map(lambda text: text.capitalize() + ".")
names = st.text(st.sampled_from("ABCDEFGHKLMNOPRSTUVWXYZÄÉЖ"), min_size=2, max_size=12).filter(
    lambda name: not any(word in name for word in ("INT", "EXT", "EST", "CUT", "FADE", "WIPE", "IRIS", "JUMP"))
)
said = st.lists(st.tuples(st.none() | words, sentences), min_size=1, max_size=3).map(
    # only the first part may stand without brackets: words that follow words are one part
    lambda parts: tuple((how if how or not number else "beat", text) for number, (how, text) in enumerate(parts))
)
elements: st.SearchStrategy[Element] = st.one_of(
    st.builds(Action, sentences),
    st.builds(Speech, names, said, st.none() | st.sampled_from(["V.O.", "O.S."]), st.booleans()),
    st.sampled_from([Cut("CUT TO:"), Cut("FADE OUT.")]),
)
headings = st.builds(
    lambda inside, place, time: Heading(
        f"{'INT' if inside else 'EXT'}. {place} - {time.upper()}", inside, not inside, place, time
    ),
    st.booleans(),
    names,
    st.sampled_from(["day", "night", "dusk"]),
)
plays = st.lists(st.builds(ScriptScene, headings, st.lists(elements, max_size=6).map(tuple)), max_size=5).map(
    lambda scenes: Screenplay({}, tuple(scenes))
)


def written(play: Screenplay) -> str:
    """A screenplay as Fountain."""
    return "\n\n".join(_written(play)) + "\n"


def _written(play: Screenplay) -> Iterator[str]:
    for scene in play.scenes:
        if scene.heading:
            yield scene.heading.text
        for element in scene.elements:
            if isinstance(element, Speech):
                cue = element.character + (f" ({element.extension})" if element.extension else "")
                lines = [line for how, text in element.parts for line in ([f"({how})", text] if how else [text])]
                yield "\n".join([cue + (" ^" if element.dual else ""), *lines])
            else:
                yield element.text


@settings(max_examples=60, deadline=None)
@given(plays)
def test_what_is_written_down_is_read_the_same(play: Screenplay) -> None:
    assert parse_screenplay(written(play)) == play


ODD_LINES = [*FOUNTAIN.split("\n"), *TYPED.split("\n"), "A" * 300, "(", "/*", "[[", "@", ".", ">", "^"]


@settings(max_examples=150, deadline=None)
@given(st.text() | st.lists(st.sampled_from(ODD_LINES)).map("\n".join))
def test_any_text_can_be_read(text: str) -> None:
    for number, speech in parse_screenplay(text).speeches:
        assert number >= 0
        assert speech.character
        assert all(words for _, words in speech.parts)
