"""A stand-in for the executor: runs each line of Python that comes, answers with the JSON of `result` or the error.

It is shown inside the sandbox in place of the grader's own server, so that these tests try the walls and nothing else.
"""

import json
import socket


def serve(channel: socket.socket, scratch: str) -> None:
    """One JSON string a line in (code), one JSON object a line out: {"result": ...} or {"error": "Type: message"}."""
    names: dict[str, object] = {"scratch": scratch}
    with channel.makefile("rw") as lines:
        for line in lines:
            names["result"] = None
            try:
                exec(json.loads(line), names)
                answer = json.dumps({"result": names["result"]})
            except BaseException as error:
                answer = json.dumps({"error": f"{type(error).__name__}: {error}"})
            lines.write(answer + "\n")
            lines.flush()
