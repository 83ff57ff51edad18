"""Somebody else's CSV file: read as `csv` reads it, and given back to the byte but for what was put in."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.exporting import ExportError
from grader.exporting.sheet import Sheet

TEXT = st.text(st.sampled_from("ab ,;\t\"\n'=é"), max_size=8)


@given(
    rows=st.integers(2, 4).flatmap(lambda width: st.lists(st.lists(TEXT, min_size=width, max_size=width), min_size=1)),
    separator=st.sampled_from(",;\t"),
    ends=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    mark=st.sampled_from(["", "\ufeff"]),
)
def test_what_csv_writes_is_read_the_same_and_comes_back_to_the_byte(rows, separator, ends, quoting, mark):
    rows = [["one", "two", "three", "four"][: len(rows[0])], *rows]
    made = io.StringIO()
    csv.writer(made, delimiter=separator, lineterminator=ends, quoting=quoting).writerows(rows)
    data = (mark + made.getvalue()).encode()
    sheet = Sheet(data)
    assert sheet.separator == separator
    assert sheet.rows == [row for row in rows if any(row)]
    assert sheet.bytes() == data


def test_a_cell_is_quoted_where_it_was_or_has_to_be():
    sheet = Sheet(b'a;b;c;d\r\n"";;;e\r\n')
    sheet.put(1, 0, "7,5")
    sheet.put(1, 1, "7,5")
    sheet.put(1, 2, "x;y")
    assert sheet.bytes() == b'a;b;c;d\r\n"7,5";7,5;"x;y";e\r\n'


def test_blank_lines_and_a_missing_last_line_end_stay():
    sheet = Sheet(b"a,b\n\n1,2\n\n3,4")
    assert sheet.rows == [["a", "b"], ["1", "2"], ["3", "4"]]
    sheet.put(2, 1, "5")
    assert sheet.bytes() == b"a,b\n\n1,2\n\n3,5"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"a,b\n1,2,3\n", "row 2 has 3 cells and the headings 2"),
        ("a,b\nZoë,1\n".encode("latin-1"), "is not UTF-8"),
        ("a,b\nZoë,1\n".encode("utf-16"), "is not UTF-8"),
        (b"PK\x03\x04\0\0", "is not a CSV file"),
    ],
)
def test_what_is_not_such_a_file_is_refused(data: bytes, said: str):
    with pytest.raises(ExportError, match=said):
        Sheet(data)


def test_a_quote_that_nothing_closes_takes_no_time():
    data = b'a,b\n"' + b'x""' * 1_000_000 + b",1\n"
    assert Sheet(data).bytes() == data
