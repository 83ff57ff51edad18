"""`python -m grader.cli`: the same as `tl`, for where the environment's scripts are not on the path."""

from . import main

if __name__ == "__main__":
    main()
