"""Answers that are alike beyond what a short answer explains, beside how alike the answers of the class are anyhow.

`answers` reads the blanks of a class, `fingerprints` is what of an answer is its learner's own (copydetect), `alike`
compares, `page` shows. Nothing here is a judgement: similarity is not copying.
"""

from .alike import Alike, Pair, compare
from .answers import Answers, read_class
from .page import write_page

__all__ = ["Alike", "Answers", "Pair", "compare", "read_class", "write_page"]
