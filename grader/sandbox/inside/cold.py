"""A session without a fork server (macOS, Windows): started as a fresh Python, told on stdin where to connect."""

import importlib
import json
import os
import socket
import sys


def main() -> None:
    """Read {"port", "token", "server", "cpu_seconds"} from stdin, connect, prove who it is, serve."""
    told = json.load(sys.stdin)
    try:
        import resource

        soft = int(told["cpu_seconds"] + 0.999)
        resource.setrlimit(resource.RLIMIT_CPU, (soft, soft + 2))
    except ImportError:
        pass  # Windows has no such limit; the grader's patience is the limit there
    module, _, function = told["server"].partition(":")
    serve = getattr(importlib.import_module(module), function)
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(1)
    channel = socket.create_connection(("127.0.0.1", told["port"]))
    channel.sendall(told["token"].encode())
    serve(channel, os.getcwd())
