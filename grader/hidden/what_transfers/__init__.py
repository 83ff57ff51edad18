"""Hidden tests of what transfers."""
