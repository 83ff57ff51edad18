"""What a learner can put into a download is refused in one line or does no harm, and nothing is half written."""

import os
import stat
import sys
import zipfile
from pathlib import Path

import pytest
from downloads_of_platforms import (
    ADA,
    FEATURES,
    ZOE,
    Learner,
    canvas_name,
    collected,
    files,
    gradescope_metadata,
    zipped,
)

from grader.collecting.download import opened
from grader.collecting.errors import NoDownload, NotOurs
from grader.collecting.metadata import BadMetadata, scalars

NB = f"{FEATURES}.ipynb"
GOOD = canvas_name(ADA, 90001, NB)


@pytest.mark.parametrize(
    "name", ["../../evil.ipynb", "/etc/evil.ipynb", "a/../../evil.ipynb", "C:/evil.ipynb", "..\\..\\evil.ipynb", "/"]
)
def test_paths_that_lead_out(run, into: Path, tmp_path: Path, full: bytes, name: str):
    download = zipped(tmp_path / "d.zip", [(GOOD, full), (name, full)])
    outcome = run(download)
    assert files(into) == ["collected.json", f"lovelaceada/{NB}"]
    assert [why for _, why in outcome.refused] == ["its path leads out of the download"] * (name != "/")
    assert not list(tmp_path.rglob("evil*"))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_in_a_zip(run, into: Path, tmp_path: Path, full: bytes, kind: int):
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
        archive.writestr(GOOD, full)
        info = zipfile.ZipInfo(canvas_name(ZOE, 90002, NB))
        info.create_system, info.external_attr = 3, (kind | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    outcome = run(tmp_path / "d.zip")
    assert len(outcome.refused) == 1 and files(into) == ["collected.json", f"lovelaceada/{NB}"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes in folders")
def test_links_and_pipes_in_a_folder(run, into: Path, tmp_path: Path, full: bytes):
    folder, secret = tmp_path / "d", tmp_path / "secret"
    (folder / "ada").mkdir(parents=True)
    secret.mkdir()
    (secret / NB).write_bytes(full)
    (folder / "ada" / NB).write_bytes(full)
    (folder / "zoe").symlink_to(secret)
    (folder / "ada" / "link.ipynb").symlink_to(secret / NB)
    os.mkfifo(folder / "ada" / "pipe.ipynb")
    outcome = run(folder)
    assert files(into) == [f"ada/{NB}", "collected.json"]
    assert dict(outcome.refused) == {
        "zoe": "it is a symbolic link, which is not followed",
        "ada/link.ipynb": "it is a symbolic link, which is not followed",
        "ada/pipe.ipynb": "it is not a regular file",
    }


def test_bombs(monkeypatch: pytest.MonkeyPatch, run, into: Path, tmp_path: Path, full: bytes):
    """Files of 40 MiB of zeros in 40 KiB: some may be read, and no more of them are."""
    monkeypatch.setattr("grader.collecting.download.MOST_INFLATED", 2**26)
    bombs = [(canvas_name(ZOE, 90002 + n, NB), bytes(40 * 2**20)) for n in range(3)]
    outcome = run(zipped(tmp_path / "d.zip", [(GOOD, full), *bombs]))
    said = [why for _, why in outcome.refused if "it would unpack from 40 KiB to 40 MiB" in why]
    assert len(said) == 2
    assert files(into) == ["collected.json", f"lovelaceada/{NB}", f"oneilzoë/{NB}"]


def test_what_a_loop_printed_in_good_faith_is_no_bomb(run, into: Path, tmp_path: Path, full: bytes):
    """The demo class has a notebook of 60 MiB of outputs, which `tl grade` reads."""
    long = full.rstrip()[:-1] + b', "printed": "' + b"0 " * 2**25 + b'"}'
    outcome = run(zipped(tmp_path / "d.zip", [(GOOD, long)]))
    assert outcome.refused == [] and (into / "lovelaceada" / NB).read_bytes() == long


def test_a_file_that_is_too_large(run, into: Path, tmp_path: Path, full: bytes):
    outcome = run(zipped(tmp_path / "d.zip", [(GOOD, full), (canvas_name(ZOE, 90002, NB), bytes(201 * 2**20))]))
    assert [why for _, why in outcome.refused] == ["the file has 201 MiB, and at most 200 are read"]
    assert files(into) == ["collected.json", f"lovelaceada/{NB}"]


def test_notebooks_that_are_too_much_together(
    monkeypatch: pytest.MonkeyPatch, run, into: Path, tmp_path: Path, full: bytes
):
    """The largest are left out, whoever comes first: nobody's files keep another's from being collected."""
    monkeypatch.setattr("grader.collecting.download.MOST_UNPACKED", 2**20)
    bytes_of_noise = [os.urandom(2**19 + n) for n in range(4)]
    bad = Learner("A", "A", 1)
    pairs = [(canvas_name(bad, 90000 + n, f"{n}.ipynb"), data) for n, data in enumerate(bytes_of_noise)]
    outcome = run(zipped(tmp_path / "d.zip", [*pairs, (GOOD, full)]))
    assert {source for source, _ in outcome.refused} == {name for name, _ in pairs[1:]}
    assert f"lovelaceada/{NB}" in files(into)


def test_a_film_beside_a_notebook_is_only_passed_over(run, into: Path, tmp_path: Path, full: bytes):
    film = canvas_name(ADA, 90002, "film.mp4")
    outcome = run(zipped(tmp_path / "d.zip", [(GOOD, full), (film, bytes(2**26))]))
    assert outcome.refused == [] and [source for source, _ in outcome.others] == [film]


def test_ten_thousand_files(run, into: Path, tmp_path: Path, full: bytes):
    many = [(canvas_name(ZOE, 100_000 + n, f"{n}.png"), b"") for n in range(5_000)]
    many += [(canvas_name(ZOE, 200_000 + n, f"{n}.ipynb"), b"{}") for n in range(5_000)]
    outcome = run(zipped(tmp_path / "d.zip", [(GOOD, full), *many]))
    assert files(into) == ["collected.json", f"lovelaceada/{NB}"]
    assert len(outcome.others) == len(outcome.refused) == 5_000
    assert len(collected(into)["left_out"]) == 2_001


def test_more_files_than_a_class_hands_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr("grader.collecting.download.MOST_FILES", 50)
    download = zipped(tmp_path / "d.zip", [(str(number), b"") for number in range(51)])
    with pytest.raises(NoDownload, match="more than 50 files"), opened(download):
        pass


def test_a_list_of_files_that_would_fill_the_memory(tmp_path: Path):
    """The end of a zip says how long the list is; it is refused before anybody reads it."""
    end = b"PK\x05\x06" + bytes(4) + b"\xff\xff\xff\xff" + (2**25).to_bytes(4, "little") + bytes(6)
    (tmp_path / "d.zip").write_bytes(bytes(2**25) + end)
    with pytest.raises(NoDownload, match="lists far more files"), opened(tmp_path / "d.zip"):
        pass


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("d.zip", b"", "is damaged"),
        ("d.zip", b"PK\x03\x04 and then nothing", "is damaged"),
        ("d.7z", b"7z\xbc\xaf\x27\x1c", "is no zip"),
        ("ada.ipynb", b"{}", "is no zip"),
    ],
)
def test_no_zip_at_all(run, into: Path, tmp_path: Path, name: str, data: bytes, said: str):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(NoDownload, match=said):
        run(tmp_path / name)
    assert files(into) == []


def test_nothing_there(run, tmp_path: Path):
    with pytest.raises(NoDownload, match="is not there"):
        run(tmp_path / "d.zip")


def test_a_zip_that_breaks_off(run, into: Path, tmp_path: Path, full: bytes):
    whole = zipped(tmp_path / "whole.zip", [(GOOD, full)]).read_bytes()
    (tmp_path / "d.zip").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(NoDownload, match="is damaged .* download it again"):
        run(tmp_path / "d.zip")


def test_one_file_that_is_damaged(run, into: Path, tmp_path: Path, full: bytes):
    """Its name is known, its bytes do not have their checksum: the others are collected."""
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
        archive.writestr(GOOD, full)
        archive.writestr(canvas_name(ZOE, 90002, NB), b'{"cells": "damage"}')
    data = (tmp_path / "d.zip").read_bytes().replace(b'"damage"}', b'"Damage"}')
    (tmp_path / "d.zip").write_bytes(data)
    outcome = run(tmp_path / "d.zip")
    assert files(into) == ["collected.json", f"lovelaceada/{NB}"]
    [(_, why)] = outcome.refused
    assert why.startswith("the file is damaged in the zip (Bad CRC-32")


def test_an_encrypted_file(run, into: Path, tmp_path: Path, full: bytes):
    data = bytearray(zipped(tmp_path / "d.zip", [(GOOD, full), (canvas_name(ZOE, 90002, NB), full)]).read_bytes())
    at = data.rindex(b"PK\x01\x02")
    data[at + 8] |= 1  # the flag in the list of files
    (tmp_path / "d.zip").write_bytes(bytes(data))
    outcome = run(tmp_path / "d.zip")
    assert [why for _, why in outcome.refused] == ["it is encrypted: ask for it without a password"]
    assert files(into) == ["collected.json", f"lovelaceada/{NB}"]


@pytest.mark.parametrize("packed", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_another_way_of_packing(run, into: Path, tmp_path: Path, full: bytes, packed: int):
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
        archive.writestr(GOOD, full, zipfile.ZIP_DEFLATED)
        archive.writestr(canvas_name(ZOE, 90002, NB), full, packed)
    outcome = run(tmp_path / "d.zip")
    assert [why for _, why in outcome.refused] == ["it is packed in a way that no platform uses"]
    assert files(into) == ["collected.json", f"lovelaceada/{NB}"]


def test_a_learners_zip_is_looked_into_once(run, into: Path, tmp_path: Path, full: bytes):
    innermost = zipped(tmp_path / "2.zip", [(NB, full)]).read_bytes()
    pairs = [(f"my work/{NB}", full), ("my work/helper.py", b"x=1"), ("more.zip", innermost), ("../evil.ipynb", full)]
    inner = zipped(tmp_path / "1.zip", pairs).read_bytes()
    name = canvas_name(ZOE, 90002, "work-1.zip", late=True)
    outcome = run(zipped(tmp_path / "d.zip", [(GOOD, full), (name, inner)]))
    assert dict(outcome.refused) == {
        f"{name}/../evil.ipynb": "its path leads out of the download",
        f"{name}/more.zip": "an archive in an archive: ask for the notebook itself",
    }
    zoes = f"oneilzoë/{FEATURES}"
    assert files(into) == ["collected.json", f"lovelaceada/{NB}", f"{zoes}/{NB}", f"{zoes}/helper.py"]
    entry = collected(into)["entries"][1]
    assert (entry["source"], entry["late"], entry["id"]) == (f"{name}/my work/{NB}", True, "4712")


@pytest.mark.parametrize(
    ("own", "data", "why"),
    [
        ("work.zip", b"PK\x03\x04", "a zip that cannot be used: it.zip is damaged"),
        ("work.rar", b"Rar!", "an archive that is not unpacked"),
        ("work.tar.gz", b"\x1f\x8b", "an archive that is not unpacked"),
    ],
)
def test_a_learners_archive_that_cannot_be_used(
    run, into: Path, tmp_path: Path, full: bytes, own: str, data: bytes, why: str
):
    outcome = run(zipped(tmp_path / "d.zip", [(GOOD, full), (canvas_name(ZOE, 90002, own), data)]))
    assert outcome.refused[0][1].startswith(why)
    assert files(into) == ["collected.json", f"lovelaceada/{NB}"]


def test_a_bomb_in_a_learners_zip(monkeypatch: pytest.MonkeyPatch, run, into: Path, tmp_path: Path, full: bytes):
    monkeypatch.setattr("grader.collecting.download.MOST_INFLATED", 2**20)
    inner = zipped(tmp_path / "1.zip", [(f"{n}.ipynb", bytes(2**25 + 1)) for n in range(3)]).read_bytes()
    outcome = run(zipped(tmp_path / "d.zip", [(GOOD, full), (canvas_name(ZOE, 90002, "work.zip"), inner)]))
    assert ["and others do so, too" in why for _, why in outcome.refused] == [True] * 3


def test_many_files_in_a_learners_zip(run, into: Path, tmp_path: Path, full: bytes):
    many = zipped(tmp_path / "2.zip", [(f"{n}.ipynb", b"{}") for n in range(1_001)]).read_bytes()
    outcome = run(zipped(tmp_path / "d.zip", [(GOOD, full), (canvas_name(ZOE, 90002, "work.zip"), many)]))
    assert "holds more than 1,000 files" in outcome.refused[0][1]


def test_names_that_are_no_utf8(run, into: Path, tmp_path: Path, full: bytes):
    """macOS and some servers write UTF-8 and do not say so; others write whatever they have."""
    raw = {b"Zo__/": "Zoë/".encode(), b"Bj___/": b"Bj\xf6\xf6\xf6/"}
    data = zipped(tmp_path / "d.zip", [(f"Zo__/{NB}", full), (f"Bj___/{NB}", full)]).read_bytes()
    for plain, bad in raw.items():
        data = data.replace(plain, bad)
    (tmp_path / "d.zip").write_bytes(data)
    run(tmp_path / "d.zip")
    learners = [entry["learner"] for entry in collected(into)["entries"]]
    assert "zoë" in learners and len(set(learners)) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_a_folder_whose_names_are_no_utf8(run, into: Path, tmp_path: Path, full: bytes):
    folder = os.fsencode(tmp_path / "d") + b"/zo\xeb"
    os.makedirs(folder)
    Path(os.fsdecode(folder), NB).write_bytes(full)
    run(tmp_path / "d")
    assert len(collected(into)["entries"]) == 1


@pytest.mark.parametrize(
    "name",
    ["..", "con", "  ", "\u202egnp", "\x1b[31mred", "<script>alert(1)", "=cmd|x", "a" * 300, "林" * 300, "-rf", ".git"],
)
def test_names_of_learners(run, into: Path, tmp_path: Path, full: bytes, name: str):
    from grader.collecting.folders import folder_for, plain

    folder = folder_for(name, "7", set())
    assert folder and folder == plain(folder) and len(folder.encode()) <= 200
    assert folder[0] not in ".-" and folder.isprintable() and not set(folder) & set("/\\<>|=: \0")
    assert folder not in ("con", "..") and (tmp_path / folder).parent == tmp_path


def test_a_link_among_the_submissions_is_not_written_through(run, into: Path, tmp_path: Path, full: bytes):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    into.mkdir()
    (into / "lovelaceada").symlink_to(elsewhere)
    with pytest.raises(NotOurs, match="symbolic link"):
        run(zipped(tmp_path / "d.zip", [(GOOD, full)]))
    assert list(elsewhere.iterdir()) == []


class TestMetadata:
    """Gradescope's metadata holds what learners' programs printed."""

    def test_a_billion_laughs(self):
        lines = ["a0: &a0 [lol]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
        assert len(list(scalars("\n".join(lines).encode()))) < 500

    def test_a_tag_makes_nothing(self, tmp_path: Path):
        evil = f"x: !!python/object/apply:os.system ['touch {tmp_path}/evil']\n"
        assert list(scalars(evil.encode())) == [(("x", 0), f"touch {tmp_path}/evil")]
        assert not (tmp_path / "evil").exists()

    @pytest.mark.parametrize("text", ["[" * 100_000, "a: " + "{b: " * 5_000, "a: [", "\x00", "a: 'b"])
    def test_no_yaml(self, text: str):
        with pytest.raises(BadMetadata):
            list(scalars(text.encode()))

    def test_a_complex_key_moves_nothing(self):
        assert list(scalars(b"? [a, b]\n: c\nd: e\n")) == [
            ((None, 0), "a"),
            ((None, 1), "b"),
            ((None,), "c"),
            (("d",), "e"),
        ]

    def test_damaged(self, run, into: Path, tmp_path: Path, full: bytes):
        text = gradescope_metadata([(501, [ADA], "2026-11-27 08:15:07 Z")])[:-40] + "\n  : [["
        pairs = [("submission_metadata.yml", text.encode()), (f"submission_501/{NB}", full)]
        with pytest.raises(NoDownload, match="it is no YAML"):
            run(zipped(tmp_path / "d.zip", pairs))
        assert files(into) == []
