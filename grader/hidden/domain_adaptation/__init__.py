"""Hidden tests of domain adaptation."""
