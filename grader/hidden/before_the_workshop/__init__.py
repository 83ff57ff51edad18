"""Hidden tests of before the workshop."""
