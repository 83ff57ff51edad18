"""The only code of the grader that is visible inside the sandbox. It holds no secret and imports nothing else of it."""
