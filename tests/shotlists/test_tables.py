"""Tables of shots as spreadsheets write them: decimal commas, separators, units, and what is refused."""

from __future__ import annotations

import pytest

from kuleshov.shotlists.entries import ShotListError

from .lists import CUTS, cut, film, fitted

TABLES = {
    "semicolons.csv": "start;end\n0,0;1,2\n1,2;3,0\n3,0;4,0\n",
    "whole numbers among decimals.csv": "start;end\n0;1,2\n1,2;3\n3;4\n",
    "tabs.tsv": "start\tend\n0,0\t1,2\n1,2\t3,0\n3,0\t4,0\n",
    "tabs.txt": "Start (s)\tEnd (s)\n0,00\t1,20\n1,20\t3,00\n3,00\t4,00\n",
    "quoted.csv": 'start,end\n"0,0","1,2"\n"1,2","3,0"\n"3,0","4,0"\n',
    "pipes.txt": "start|end\n0,0|1,2\n1,2|3,0\n3,0|4,0\n",
    "sep.csv": "sep=;\nstart;end\n0,0;1,2\n1,2;3,0\n3,0;4,0\n",
    "sep tab.csv": '"sep=\t"\nname\tstart_seconds\na\t0\nb\t1,2\nc\t3\n',
    "one column.csv": "start_seconds\n0\n1,2\n3,0\n",
    "many commas.csv": "start;end;note\n0,000;1,200;a, b, c, d\n1,200;3,000;e, f, g, h\n3,000;4,000;i, j, k, l\n",
    "clock.csv": "in;out\n00:00:00,000;00:00:01,200\n00:00:01,200;00:00:03,000\n00:00:03,000;00:00:04,000\n",
    "frames.csv": "start_frame;end_frame\n0,0;30,0\n30,0;75,0\n75,0;100,0\n",
    "float frames.csv": "start_frame,end_frame\n0.0,30.0\n30.0,75.0\n75.0,100.0\n",
    "commas in a note.csv": "start,end,note\n0,1.2,wide, empty\n1.2,3,close\n3,4,wide, full, of people\n",
    "last frames.csv": "in;out\n00:00:00:00;00:00:01:04\n00:00:01:05;00:00:02:24\n00:00:03:00;00:00:03:24\n",
}


@pytest.mark.parametrize("name", TABLES)
def test_all_tables_say_the_same(tmp_path, name):
    assert fitted(tmp_path, TABLES[name], name=name).transitions == CUTS


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-16-le"])
def test_unicode_text_of_spreadsheets(tmp_path, encoding):
    text = TABLES["tabs.tsv"].replace("\n", "\r\n").encode(encoding)
    assert fitted(tmp_path, text, name="list.txt").transitions == CUTS


def test_thousands_and_decimals(tmp_path):
    of = film(count=50_000)  # 2000 s
    for first in ("1.234,56", "1,234.56", "1 234,56", "1\u00a0234.56"):
        assert fitted(tmp_path, f"start;end\n0;{first}\n{first};2000\n", name="a.csv", of=of).transitions == (
            cut(30_864),
        )


def test_lines_before_the_heading_are_named(tmp_path):
    done = fitted(tmp_path, f"Shots of reel 2\n\n{TABLES['semicolons.csv']}", name="a.csv")
    assert done.transitions == CUTS
    assert done.notes == ("a.csv: line 1 passed over, it is before the heading: 'Shots of reel 2'",)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("start,end\n0,0,1,2\n1,2,3,0\n", r"line 2 has 4 columns, the heading 2 \(decimal commas need quotes"),
        ("start;end\n0,0;1,2\nsum;4,0\n", "line 3: 'sum' is not a time"),
        ("start_frame;end_frame\n0;30\n30,5;100\n", "line 3: '30,5' is not a frame"),
        ("start;end\n0,0;1,2\n1,2\n", "line 3 has 1 columns, fewer than the heading"),
        ("sep=;\nstart,end\n0,1\n", "no heading"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, says):
    with pytest.raises(ShotListError, match=says):
        fitted(tmp_path, text, name="a.csv")
