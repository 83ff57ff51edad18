"""Which answers are alike beyond what a short answer, the notebook or the class explains."""

import time

import numpy as np
import pytest

from grader.exercise.catalogue import load_exercise
from grader.similar.alike import FEWEST, _shared, compare
from grader.similar.answers import LONGEST, Answers
from grader.similar.fingerprints import passages, pieces
from grader.similar.page import write_page

KEY = ("02_feature_extraction", "prepare")
OTHER = ("02_feature_extraction", "replace_head")

# Six ways of writing the same small thing that nobody would write alike.
WAYS = {
    "ada": """def prepare(images, labels):
    order = sorted(range(len(labels)), key=lambda i: (labels[i], -i))
    pairs = [(images[i] / 255, labels[i]) for i in order if labels[i] is not None]
    train, test = pairs[: len(pairs) * 4 // 5], pairs[len(pairs) * 4 // 5 :]
    return {"train": train, "test": test, "classes": {y for _, y in pairs}}
""",
    "ben": """def prepare(images, labels):
    import collections
    found = collections.defaultdict(list)
    for image, label in zip(images, labels):
        found[label].append(image)
    while min(map(len, found.values())) < 3:
        found.pop(min(found, key=lambda k: len(found[k])))
    return found, list(found), sum(len(v) for v in found.values())
""",
    "carla": """def prepare(images, labels):
    out = torch.zeros(len(images), 3, 32, 32, dtype=torch.float64)
    for number in range(len(images)):
        picture = images[number].permute(2, 0, 1)[:3].unsqueeze(0)
        out[number] = torch.nn.functional.interpolate(picture, size=(32, 32))[0]
    mean, spread = out.mean((0, 2, 3), keepdim=True), out.std((0, 2, 3), keepdim=True)
    return (out - mean) / (spread + 1e-8)
""",
    "deniz": """def prepare(images, labels):
    try:
        stacked = np.stack([np.asarray(each, "f4") for each in images])
    except ValueError as error:
        raise TypeError(f"images of {len(images)} shapes") from error
    keep = ~np.isnan(stacked).any(axis=(1, 2, 3)) & (np.array(labels) >= 0)
    return stacked[keep] - stacked[keep].min(), np.array(labels)[keep].astype(int)
""",
    "emeka": """def prepare(images, labels):
    class Rows(Dataset):
        def __len__(self):
            return len(labels)

        def __getitem__(self, at):
            return transform(images[at]), names.index(labels[at])

    names, transform = sorted({*labels}), Compose([Resize(36), CenterCrop(32), ToTensor()])
    return DataLoader(Rows(), batch_size=16, shuffle=True, drop_last=False)
""",
    "fatima": """def prepare(images, labels):
    assert len(images) == len(labels) > 0, "as many labels as images"
    rng = random.Random(7); where = list(range(len(labels))); rng.shuffle(where)
    cut = [where[start::3] for start in (0, 1, 2)]
    return tuple(([images[w] for w in part], [labels[w] for w in part]) for part in cut if part)
""",
}
RENAMED = (
    WAYS["ada"].replace("order", "o").replace("pairs", "everything").replace("images", "xs").replace("labels", "ys")
)
RENAMED = "# all my own work\n" + RENAMED.replace("    train, test", "\n    # cut it\n    train, test")


def answers(of: dict[tuple[str, str], dict[str, str]]) -> Answers:
    made = Answers()
    for key, texts in of.items():
        made.of[key] = dict(texts)
        made.learners |= set(texts)
    return made


def test_a_class_where_each_writes_in_a_way_of_their_own_has_no_pair():
    (alike,), pairs = compare(answers({KEY: WAYS}))
    assert (pairs, alike.why, alike.identical) == ([], "", [])
    assert (alike.answers, alike.compared, alike.pairs) == (6, 6, 15)
    assert alike.highest < 0.3


def test_renaming_comments_and_layout_hide_nothing():
    (alike,), (pair,) = compare(answers({KEY: {**WAYS, "zoe": RENAMED}}))
    (standing,) = pair.standings
    assert pair.learners == ("ada", "zoe")
    assert standing.share > 0.95
    assert standing.below == 1.0
    assert not standing.same
    assert alike.pairs == 21
    assert alike.bins[-1] == 1


def test_more_questions_come_first():
    one = {**WAYS, "zoe": RENAMED}
    two = {**WAYS, "zoe": RENAMED, "yan": WAYS["ben"]}
    _, pairs = compare(answers({KEY: one, OTHER: two}))
    assert [(pair.learners, len(pair.standings)) for pair in pairs] == [(("ada", "zoe"), 2), (("ben", "yan"), 1)]


def test_what_was_handed_out_and_the_solution_do_not_count():
    exercise = load_exercise(KEY[0])
    question = exercise.question(KEY[1])
    solved = {f"learner {number}": question.answer_source for number in range(8)}
    given = {**solved, "blank": question.blank_source}
    (alike,), pairs = compare(answers({KEY: given}))
    assert (pairs, alike.compared, alike.identical) == ([], 0, [])
    assert alike.why.startswith("only 0 of 9 answers are long")
    # Nor do they when they stand beside what is somebody's own.
    both = {name: question.answer_source + text for name, text in WAYS.items()}
    (alike,), pairs = compare(answers({KEY: both}))
    assert pairs == []
    assert alike.compared == 6


def test_what_many_write_tells_nothing_but_the_same_text_is_said():
    many = {**WAYS, **{f"learner {number}": WAYS["ada"] for number in range(5)}}
    (alike,), pairs = compare(answers({KEY: many}))
    assert pairs == []
    assert alike.identical == [["ada", *(f"learner {number}" for number in range(5))]]


def test_short_answers_cannot_be_told():
    short = {f"learner {number}": "def prepare(x):\n    return x[::-1] + 1\n" for number in range(20)}
    (alike,), pairs = compare(answers({KEY: short}))
    assert (pairs, alike.compared) == ([], 0)
    assert alike.why == "only 0 of 20 answers are long without what was handed out and what many write"
    (alike,), _ = compare(answers({KEY: dict(list(WAYS.items())[: FEWEST - 1])}))
    assert alike.why == "only 4 answers, 5 are needed"


def test_the_passages_are_where_the_texts_are_the_same():
    one, other = "x = 1\n" + WAYS["ada"], WAYS["ben"] + RENAMED
    first, second = passages(one, other, pieces(WAYS["ben"]) - pieces(WAYS["ada"]))
    marked = "".join(one[start:end] for start, end in first)
    assert "x = 1" not in marked
    assert "for i in order if labels[i] is not None" in marked
    theirs = "".join(other[start:end] for start, end in second)
    assert "for i in o if ys[i] is not None" in theirs
    assert "collections" not in theirs


HOSTILE = [
    "'''" * 2000,
    "f'{" * 2000,
    "(" * 6000,
    "\u202e" * 6000,
    "\ud800" * 6000,
    "\0" * 6000,
    "@a." * 2000,
    "",
    "é\n" * 3000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_answers_are_compared_in_bounded_time(text: str):
    begun = time.process_time()
    pieces(text[:LONGEST])
    assert time.process_time() - begun < 3


def test_a_page_escapes_names_and_answers(tmp_path):
    attack = "<script>alert(1)</script>\u202e"
    texts = {**WAYS, attack: WAYS["ada"] + "\n'</pre><img src=x onerror=alert(1)>\ud800'\n"}
    made = answers({KEY: texts, OTHER: texts})
    made.left_out.append(("<b>", "<i>", "</ul><script>"))
    questions, pairs = compare(made)
    write_page(tmp_path / "similar.html", made, questions, pairs)
    page = (tmp_path / "similar.html").read_text(encoding="utf-8")
    for bad in ("<script", "<img", "<b>", "<i>", "\u202e", "http:", "https:"):
        assert bad not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<mark>" in page
    assert "Alike is not copied." in page
    assert "default-src &#39;none&#39;" in page
    assert "No other of the 21 pairs of the class shares as much" in page


def test_a_large_class_of_the_longest_answers():
    """As many pieces as there can be, half of them shared by pairs: what grows with the square stays small."""
    rng = np.random.default_rng(0)
    own = [frozenset(rng.integers(0, 150_000, LONGEST).tolist()) for _ in range(100)]
    begun = time.process_time()
    shared = _shared(own)
    assert time.process_time() - begun < 10
    assert shared[0, 1] == len(own[0] & own[1])
    assert shared[7, 7] <= len(own[7])
