"""A small client of the W3C WebDriver protocol (https://www.w3.org/TR/webdriver2/) for Chromium."""

import base64
import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"

# Keys as the protocol spells them (§17.4.2).
TAB, ENTER, ESCAPE, SPACE, SHIFT = "\ue004", "\ue007", "\ue00c", " ", "\ue008"


class WebDriverError(Exception):
    """What the driver refused, with the protocol's name of the error."""

    def __init__(self, code, message):
        super().__init__(f"{code}: {message.splitlines()[0] if message else ''}")
        self.code = code


class Element:
    """An element of the page."""

    def __init__(self, browser, reference):
        self.browser = browser
        self.reference = {ELEMENT: reference}
        self.path = f"/element/{reference}"

    def click(self):
        # Elements above the view or under the sticky bar are moved to its middle first.
        self.browser.run("arguments[0].scrollIntoView({block: 'center'})", self)
        self.browser.command("POST", f"{self.path}/click", {})

    def type(self, text):
        self.browser.command("POST", f"{self.path}/value", {"text": text})

    def fill(self, text):
        self.browser.command("POST", f"{self.path}/clear", {})
        self.type(text)

    @property
    def text(self):
        return self.browser.command("GET", f"{self.path}/text")

    @property
    def is_displayed(self):
        return self.browser.command("GET", f"{self.path}/displayed")

    def attribute(self, name):
        return self.browser.command("GET", f"{self.path}/attribute/{name}")


class Browser:
    """A headless Chromium and its driver, in a folder of their own."""

    def __init__(self, folder, width=1280, height=900):
        self.downloads = os.path.join(folder, "downloads")
        os.makedirs(self.downloads, exist_ok=True)
        port = _free_port()
        try:
            self.driver = subprocess.Popen(
                ["chromedriver", f"--port={port}"],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except FileNotFoundError:
            raise SystemExit("chromedriver is missing: apt-get install chromium chromium-driver")
        self.base = f"http://127.0.0.1:{port}"
        self.session = ""
        self._wait_for_driver()
        arguments = [
            "--headless=new", "--disable-gpu", "--disable-dev-shm-usage",
            f"--user-data-dir={os.path.join(folder, 'profile')}", "--lang=en-GB",
            f"--window-size={width},{height}", "--hide-scrollbars",
            "--disable-background-networking", "--disable-component-update", "--no-first-run",
            # Colours are measured, and must not be on their way to others.
            "--force-prefers-reduced-motion",
            # A name for this machine that the browser does not trust as it trusts 127.0.0.1.
            "--host-resolver-rules=MAP plain.test 127.0.0.1",
        ]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")
        answer = self.command("POST", "/session", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "unhandledPromptBehavior": "ignore",
            "goog:loggingPrefs": {"browser": "ALL"},
            "goog:chromeOptions": {
                "args": arguments,
                "prefs": {
                    "download.default_directory": self.downloads,
                    "download.prompt_for_download": False,
                    # Else it asks about passwords that were in breaches.
                    "credentials_enable_service": False,
                    "profile.password_manager_leak_detection": False,
                },
            },
        }}})
        self.session = f"/session/{answer['sessionId']}"
        self.size(width, height)

    def close(self):
        try:
            self.command("DELETE", "")
        except (WebDriverError, OSError):
            pass
        self.driver.terminate()
        self.driver.wait(10)

    def command(self, method, path, body=None):
        """Sends a command and returns its value."""
        request = urllib.request.Request(
            self.base + self.session + path, method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            value = json.load(error)["value"]
            raise WebDriverError(value["error"], value["message"]) from None

    # The page

    def open(self, url):
        self.command("POST", "/url", {"url": url})

    def reload(self):
        self.command("POST", "/refresh", {})

    def size(self, width, height):
        """Sets the size of the view: what the page sees, narrower than any window may be."""
        self.devtools(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=width < 500)

    def find(self, selector):
        found = self.command(
            "POST", "/element", {"using": "css selector", "value": selector})
        return Element(self, found[ELEMENT])

    def run(self, script, *arguments):
        """Runs JavaScript in the page; a promise is waited for."""
        return self.command("POST", "/execute/sync", {
            "script": script,
            "args": [a.reference if isinstance(a, Element) else a for a in arguments]})

    def press(self, *keys):
        """Presses keys one after the other; a tuple is a chord."""
        actions = []
        for key in keys:
            chord = key if isinstance(key, tuple) else (key,)
            actions += [{"type": "keyDown", "value": one} for one in chord]
            actions += [{"type": "keyUp", "value": one} for one in reversed(chord)]
        self.command("POST", "/actions", {
            "actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def active(self):
        """The element that has the focus."""
        return Element(self, self.command("GET", "/element/active")[ELEMENT])

    def wait(self, what, condition, seconds=15):
        """Waits until `condition()` gives something true, and returns it."""
        end = time.monotonic() + seconds
        while True:
            try:
                result = condition()
            except WebDriverError as error:
                # The page may just be changing what we look at.
                if error.code not in ("no such element", "stale element reference"):
                    raise
                result = None
            if result:
                return result
            if time.monotonic() > end:
                raise AssertionError(f"waited {seconds} s in vain: {what}")
            time.sleep(0.05)

    # Beyond the page

    def devtools(self, command, **parameters):
        return self.command(
            "POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def log(self):
        """What the console said since the last call."""
        return self.command("POST", "/se/log", {"type": "browser"})

    def screenshot(self, path, whole=True):
        picture = self.devtools(
            "Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        with open(path, "wb") as file:
            file.write(base64.b64decode(picture["data"]))

    def _wait_for_driver(self):
        for _ in range(200):
            try:
                if self.command("GET", "/status")["ready"]:
                    return
            except OSError:
                time.sleep(0.05)
        raise SystemExit("chromedriver does not answer.")


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
