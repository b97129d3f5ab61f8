"""The steps of the walk that handle files that are stored."""

import hashlib
import os

from page import expect
from webdriver import ENTER, ESCAPE


def download(walk):
    """What is downloaded is what was uploaded, to the byte"""
    for name in ("big.bin", "small.bin", "empty.bin"):
        expect(fetch(walk, name) == read(os.path.join(walk.folder, name)), f"{name} differs")


def fetch(walk, name):
    """Downloads a file through its link."""
    path = os.path.join(walk.browser.downloads, name)
    if os.path.exists(path):
        os.remove(path)
    walk.page.button(f"Download {name}").click()
    walk.browser.wait(f"{name} is there", lambda: os.path.exists(path), 60)
    return read(path)


def read(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def replace(walk):
    """A name that is taken is asked about: it can be skipped or replaced"""
    page = walk.page
    before = fetch(walk, "small.bin")
    path = walk.file("small.bin", b"another content")
    page.choose(path)
    page.see("#dialog")
    walk.look("replace")
    walk.browser.press(ESCAPE)
    expect(not walk.browser.find("#dialog").is_displayed, "Escape does not close the question")
    expect(fetch(walk, "small.bin") == before, "the file was replaced unasked")
    page.choose(path)
    page.click("#dialog button.danger")
    walk.browser.wait("it is stored", lambda: page.upload_states() == ["done"], 30)
    walk.browser.wait("it is replaced", lambda: fetch(walk, "small.bin") == read(path), 30)
    expect(page.names().count("small.bin") == 1, "the name is listed twice")
    page.click("#clear-uploads")


def delete(walk):
    """A file is deleted once that is confirmed"""
    page = walk.page
    page.button("Delete empty.bin").click()
    page.see("#dialog")
    expect(walk.browser.active().text == "Keep it", "the safe answer has no focus")
    walk.browser.press(ENTER)
    expect("empty.bin" in page.names(), "deleted unasked")
    page.button("Delete empty.bin").click()
    page.click("#dialog button.danger")
    walk.browser.wait("it is gone", lambda: "empty.bin" not in page.names(), 30)


def put_back(walk):
    """What was deleted lately can be put back"""
    page = walk.page
    page.see_text("#deleted-title", "2 files")
    page.click("#deleted-title")
    walk.look("deleted")
    page.button("Put empty.bin back").click()
    page.see_file("empty.bin")
    expect(fetch(walk, "empty.bin") == read(os.path.join(walk.folder, "empty.bin")), "it differs")
    page.see_text("#deleted-title", "1 file")
    page.button("Delete empty.bin").click()
    page.click("#dialog button.danger")
    page.see_text("#deleted-title", "2 files")
