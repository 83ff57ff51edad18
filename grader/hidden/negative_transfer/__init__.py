"""Hidden tests of negative transfer."""
