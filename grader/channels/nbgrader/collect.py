"""`nbgrader collect` without links: what a learner links to in the exchange is not copied by the instructor."""

from __future__ import annotations

import os
import shutil
from typing import Any

from nbgrader.exchange.default import ExchangeCollect

from grader.channels.nbgrader.handed_in import plain_files, time_of


class CollectPlainFiles(ExchangeCollect):
    """nbgrader's own collect, but for the copying: regular files only (`c.ExchangeFactory.collect`)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.coursedir.get_existing_timestamp = lambda folder: time_of(folder, self.log.warning)

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy the plain files of `src` to `dest`; what is left out is said."""
        if os.path.islink(src):
            self.log.error("%s is a symbolic link, which is not followed", src)
            return
        os.makedirs(dest, exist_ok=True)
        for path in plain_files(src, self.coursedir.ignore, self.coursedir.max_dir_size, self.log.warning):
            target = os.path.join(dest, os.path.relpath(path, src))
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copy(path, target, follow_symlinks=False)
