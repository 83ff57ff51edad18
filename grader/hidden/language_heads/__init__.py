"""Hidden tests of language heads."""
