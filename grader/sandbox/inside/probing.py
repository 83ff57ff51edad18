"""What a trial session runs: it ends with status 0 where the sandbox around it works."""

import os
import socket


def serve(channel: socket.socket, scratch: str) -> None:
    """Write and read a file in the scratch folder, start and end a child; any failure ends with status 1."""
    path = os.path.join(scratch, "trial")
    with open(path, "w") as file:
        file.write("trial")
    os.remove(path)
    child = os.fork()
    if child == 0:
        os._exit(0)
    if os.waitpid(child, 0)[1] != 0:
        raise RuntimeError("a child process could not be started")
