"""The conversation with an answer: frames, values, requests, and the tools that run beside a learner's code.

With `grader/sandbox/inside` this is all of the grader that is visible in the sandbox. It holds no secret and imports
nothing else of the grader, so that it is the same package, called `remote`, in there.
"""
