"""Small datasets, generated or inside scikit-learn, that show the effects the exercises are about. All work offline."""

from tlcore.data.digits import real_digits, stroke_digits
from tlcore.data.leaves import leaves
from tlcore.data.market import market_headlines, market_reports
from tlcore.data.sets import ImageSet, LabelledTexts, TextSet
from tlcore.data.vocabulary import Vocabulary
from tlcore.data.wire import wire_sentences, wire_vocabulary

__all__ = [
    "ImageSet",
    "LabelledTexts",
    "TextSet",
    "Vocabulary",
    "leaves",
    "market_headlines",
    "market_reports",
    "real_digits",
    "stroke_digits",
    "wire_sentences",
    "wire_vocabulary",
]
