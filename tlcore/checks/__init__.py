"""The public checks, one module a topic, built by `tl build` from the solutions. `tlcore.check.check` runs them."""
