#!/usr/bin/env python3
"""Walks through the web page with a real browser: Debian's chromium and chromium-driver.

    Tests/Browser/run.py --url http://127.0.0.1:5000 [--screenshots FOLDER]

The server needs at least one node and lets users register. Exits with 1 when anything is wrong.
"""

import argparse
import os
import sys
import tempfile
import time

import steps
from checks import check_view, unexpected
from line import Line
from page import Page
from webdriver import Browser


class Walk:
    """A walk through the page: what the steps share."""

    def __init__(self, url, folder, screenshots):
        self.folder = folder
        self.screenshots = screenshots
        self.line = Line(url)
        self.browser = Browser(folder)
        self.page = Page(self.browser, self.line.url)
        # A name of its own, so that the walk can be repeated against the same server.
        self.user = f"walker-{os.getpid()}-{int(time.time())}"
        self.password = "correct horse battery staple"
        self.allowed = []
        self.problems = []
        self.least_contrast = 21

    def file(self, name, content):
        """Makes a file to upload, and returns its path."""
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def allow(self, *messages):
        """What the console may say during this step."""
        self.allowed += messages

    def look(self, name):
        """Checks the view that is shown, and takes its picture."""
        problems, least = check_view(self.browser)
        self.problems += [f"{name}: {problem}" for problem in problems]
        self.least_contrast = min(self.least_contrast, least)
        self.picture(name)

    def picture(self, name):
        if self.screenshots:
            self.browser.screenshot(os.path.join(self.screenshots, f"{name}.png"))

    def take(self, step):
        """Takes a step; tells whether it went well."""
        title = step.__doc__.splitlines()[0]
        self.allowed, self.problems = [], []
        try:
            step(self)
        except Exception as error:  # Whatever it is, the other steps would only confuse.
            self.problems.append(f"{type(error).__name__}: {error}")
            self.picture("failed")
        self.problems += unexpected(self.browser.log(), self.allowed)
        print("ok    " if not self.problems else "WRONG ", title, flush=True)
        for problem in self.problems:
            print("      ", problem, flush=True)
        return not self.problems

    def close(self):
        self.browser.close()
        self.line.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="http://127.0.0.1:5000", help="where the backend is")
    parser.add_argument("--screenshots", metavar="FOLDER", help="keep pictures of all views there")
    arguments = parser.parse_args()
    if arguments.screenshots:
        os.makedirs(arguments.screenshots, exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        walk = Walk(arguments.url, folder, arguments.screenshots)
        try:
            is_fine = all(walk.take(step) for step in steps.ALL)
        finally:
            walk.close()
    print(f"Least contrast of text: {walk.least_contrast:.2f} to 1")
    print("All is well." if is_fine else "Something is wrong; later steps were not taken.")
    return 0 if is_fine else 1


if __name__ == "__main__":
    sys.exit(main())
