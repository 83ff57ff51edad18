"""A headless Chromium, spoken to in its own protocol (https://chromedevtools.github.io/devtools-protocol/).

websocket-client comes with Jupyter, so this needs nothing but the browser: no driver that has to fit its version.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

import websocket

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --disable-background-networking --no-first-run "
    "--disable-dev-shm-usage --remote-debugging-port=0 --remote-allow-origins=* --window-size=1280,1600"
).split()


def chromium() -> str:
    """The path of the browser. AssertionError that says what to install where there is none."""
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    assert found, f"none of {', '.join(NAMES)} is installed; on Debian: apt-get install chromium"
    return found


class Page:
    """One page. Values cross as JSON."""

    def __init__(self, folder: Path) -> None:
        self.errors: list[str] = []
        self._count = 0
        # stderr would fill a pipe that nobody reads
        self._process = subprocess.Popen(
            [chromium(), *OPTIONS, f"--user-data-dir={folder}", "about:blank"], stderr=subprocess.DEVNULL
        )
        try:
            port_file = folder / "DevToolsActivePort"
            until(lambda: port_file.is_file() and port_file.read_text().count("\n") > 0, "the browser starts")
            port = port_file.read_text().split()[0]
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json", timeout=60) as answer:
                target = next(t for t in json.load(answer) if t["type"] == "page")
            self._socket = websocket.create_connection(target["webSocketDebuggerUrl"], timeout=280)
            self.call("Runtime.enable")
            # JupyterLab has no current notebook in a window without the keyboard's focus.
            self.call("Emulation.setFocusEmulationEnabled", enabled=True)
        except BaseException:
            self._process.kill()
            raise

    def close(self) -> None:
        """End the browser."""
        try:
            self.call("Browser.close")
            self._socket.close()
            self._process.wait(timeout=120)
        finally:
            self._process.kill()
            self._process.wait()

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """A command of the protocol. RuntimeError if the browser refuses it."""
        self._count += 1
        self._socket.send(json.dumps({"id": self._count, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv())
            if message.get("method") == "Runtime.exceptionThrown":
                self.errors.append(message["params"]["exceptionDetails"].get("exception", {}).get("description", "?"))
            if message.get("id") == self._count:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]

    def goto(self, url: str) -> None:
        """Open a page, without waiting for it."""
        self.call("Page.navigate", url=url)

    def run(self, script: str, *values: Any) -> Any:
        """What the JavaScript function `script` returns for `values`; promises are awaited."""
        code = f"({script})(...{json.dumps(values)})"
        result = self.call("Runtime.evaluate", expression=code, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{result['exceptionDetails'].get('exception', {}).get('description')} in {code[:200]}")
        return result["result"].get("value")

    def click(self, x: float, y: float) -> None:
        """Press and release the mouse at a place of the window."""
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def write(self, text: str) -> None:
        """Type `text` where the cursor is."""
        self.call("Input.insertText", text=text)

    def picture(self, path: Path) -> None:
        """Save what the window shows."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))


def until(condition: Any, what: str, seconds: float = 280) -> None:
    """Wait until `condition()` is true. AssertionError that names `what` after so many seconds."""
    last = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < last, f"waited {seconds:.0f} s in vain: {what}"
        time.sleep(0.1)
