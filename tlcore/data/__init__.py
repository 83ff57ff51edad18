"""Small datasets, generated or inside scikit-learn, that show the effects the exercises are about. All work offline."""

from tlcore.data.digits import real_digits, stroke_digits
from tlcore.data.headlines import agency_vocabulary, board_words, headlines
from tlcore.data.leaves import leaves
from tlcore.data.market import market_headlines, market_reports
from tlcore.data.sets import ImageSet, LabelledTexts, TextSet
from tlcore.data.shifts import SHIFTS, ShiftCase, shift_case
from tlcore.data.vocabulary import Vocabulary
from tlcore.data.wire import wire_sentences, wire_vocabulary

__all__ = [
    "SHIFTS",
    "ImageSet",
    "LabelledTexts",
    "ShiftCase",
    "TextSet",
    "Vocabulary",
    "agency_vocabulary",
    "board_words",
    "headlines",
    "leaves",
    "market_headlines",
    "market_reports",
    "real_digits",
    "shift_case",
    "stroke_digits",
    "wire_sentences",
    "wire_vocabulary",
]
