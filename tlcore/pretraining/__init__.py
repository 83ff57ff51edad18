"""How the shipped checkpoints are made: `python -m tlcore.pretraining [NAME] [--short]`."""

from tlcore.pretraining.language import LANGUAGE_RECIPES, LanguageRecipe
from tlcore.pretraining.recipes import RECIPES, Recipe
from tlcore.pretraining.run import pretrain

__all__ = ["LANGUAGE_RECIPES", "RECIPES", "LanguageRecipe", "Recipe", "pretrain"]
