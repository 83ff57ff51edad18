"""The public checks, a folder for each topic and a file for each question. `tlcore.check.check` runs them."""
