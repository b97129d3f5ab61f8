"""The steps of the walk, in their order. Each begins where the one before it ended."""

import os

from file_steps import delete, download, put_back, replace
from ledger_steps import admit, pages, prove, trees, verify
from page import expect
from webdriver import ENTER, SHIFT, TAB

HOSTILE = "<img src=x onerror=alert(1)> & “quotes” ünïcödé.txt"


def arrive(walk):
    """A stranger is asked to log in"""
    walk.allow("401")
    walk.browser.open(f"{walk.page.url}/#/network")
    walk.page.see("#view-login")
    expect(not walk.browser.find("#nav").is_displayed, "the views are offered to a stranger")
    expect(walk.browser.active().attribute("id") == "login-user", "the focus is elsewhere")
    walk.look("log-in")


def register(walk):
    """Registering says what it refuses, then leads to where the user wanted to go"""
    page = walk.page
    page.click('a[href="#/register"]')
    error = "#register-form-error"
    for name, first, second, words in [
        ("no spaces", walk.password, walk.password, "user name has 1 to 64"),
        (walk.user, "short", "short", "at least 8"),
        (walk.user, walk.password, "something else", "differ"),
    ]:
        page.fill("register", username=name, password=first, again=second)
        page.see_text(error, words)
    expect(walk.browser.active().attribute("aria-invalid") == "true", "the wrong field has no focus")
    walk.look("register-refused")
    page.fill("register", username=walk.user, password=walk.password, again=walk.password)
    page.see("#view-network")
    page.go("files")
    page.see_text("#files-empty", "Nothing is stored yet")
    walk.look("files-empty")


def log_in(walk):
    """A taken name and a wrong password are refused, the right one logs in, also after a reload"""
    walk.allow("409", "401")
    page = walk.page
    page.log_out()
    page.click('a[href="#/register"]')
    page.fill("register", username=walk.user, password=walk.password, again=walk.password)
    page.see("#register-form-error:not(:empty)")
    page.click('a[href="#/login"]')
    page.log_in(walk.user, "not the password")
    page.see("#login-form-error:not(:empty)")
    walk.look("log-in-refused")
    page.log_in(walk.user, walk.password)
    page.see("#view-files")
    walk.browser.reload()
    page.see("#view-files")
    cookies = walk.browser.run("return document.cookie")
    expect(cookies == "", "scripts can read the session")


def upload(walk):
    """Several files are uploaded by the button, and one by a drop"""
    page = walk.page
    page.choose(
        walk.file("empty.bin", b""), walk.file("small.bin", os.urandom(700_000)),
        walk.file(HOSTILE, b"a hostile name"))
    for name in ("empty.bin", "small.bin", HOSTILE):
        page.see_file(name)
    page.drop("dropped.txt", "dropped")
    page.see_file("dropped.txt")
    expect(page.upload_states() == ["done"] * 4, f"uploads are {page.upload_states()}")
    page.see_text("#file-list", "copies")
    walk.look("files")
    page.click("#file-list summary")
    walk.look("files-details")
    page.click("#clear-uploads")
    expect(not walk.browser.find("#uploads").is_displayed, "finished uploads stay")


def watch(walk):
    """While an upload is under way: progress, a warning before leaving, no logging out; cancelling"""
    page = walk.page
    expect(not page.asks_before_leaving(), "asks before leaving while nothing is under way")
    path = walk.file("big.bin", os.urandom(24_000_000))
    with walk.line.slow(3_000_000):
        page.choose(path)
        seen = set()

        def progress():
            text = walk.browser.find(".upload .note").text
            if "%" in text and "MiB/s" in text:
                seen.add(text.split(" %")[0])
            return len(seen) >= 4
        walk.browser.wait("the progress grows", progress, 30)
        value = float(walk.browser.find(".upload progress").attribute("value"))
        expect(0 < value < 1, f"the progress is {value}")
        expect(page.asks_before_leaving(), "does not ask before leaving")
        expect(
            walk.browser.find("#log-out").attribute("aria-disabled") == "true", "logging out is on")
        page.click("#log-out")
        page.see_text("#log-out-note", "under way")
        walk.look("upload")
        page.button("Cancel big.bin").click()
    page.see_text(".upload .note", "Cancelled")
    expect(not page.asks_before_leaving(), "still asks before leaving")
    expect(walk.browser.find("#log-out").attribute("aria-disabled") == "false", "cannot log out")
    page.click("#clear-uploads")
    page.choose(path)
    page.see_file("big.bin")
    page.click("#clear-uploads")


def lose_connection(walk):
    """A lost connection is told, and what was under way can be tried again"""
    walk.allow("net::ERR_")
    page = walk.page
    path = walk.file("later.bin", os.urandom(6_000_000))
    with walk.line.slow(2_000_000):
        page.choose(path)
        page.see_text(".upload .note", "MiB/s", 20)
        with walk.line.cut():
            page.see_text("#connection", "No connection")
            page.see_text(".upload .note", "connection broke off")
            walk.look("connection-lost")
    page.see_text("#connection", "Connected again", 30)
    page.button("Try later.bin again").click()
    page.see_file("later.bin")
    page.click("#clear-uploads")


def network(walk):
    """The network view shows nodes and copies, and keeps up to date"""
    page = walk.page
    page.go("network")
    page.see_text("#nodes", "alive")
    page.see_text("#copies", "copies")
    shown = walk.browser.find("#network-updated").text
    walk.browser.wait(
        "it is refreshed", lambda: walk.browser.find("#network-updated").text != shown, 10)
    walk.look("network")


def change_password(walk):
    """The password is changed, and the old one is worth nothing any more"""
    walk.allow("401", "403")
    page = walk.page
    page.go("account")
    page.fill("password", current="not the password", password="another one", again="another one")
    page.see("#password-form-error:not(:empty)")
    walk.look("account-refused")
    new = walk.password + " 2"
    page.fill("password", current=walk.password, password=new, again=new)
    page.see_text("#password-done", "is changed")
    walk.look("account")
    page.log_out()
    page.log_in(walk.user, walk.password)
    page.see("#login-form-error:not(:empty)")
    walk.password = new
    page.log_in(walk.user, walk.password)
    page.see("#view-files")
    page.see_file("big.bin")


def lose_session(walk):
    """A session that has ended leads back to log-in and says so, then back to the same place"""
    walk.allow("401")
    page = walk.page
    page.go("account")
    walk.browser.run("""
        return fetch("/api/logout", {method: "POST", headers: {"X-DecentraStore": "1"}})
            .then(() => null)""")
    page.click('#nav a[href="#/ledger"]')
    page.see_text("#login-notice", "session has ended")
    text = walk.browser.run("return document.body.innerText + document.querySelector('#file-list').textContent")
    expect("big.bin" not in text and walk.user not in text, "the page still tells of the user")
    walk.look("session-ended")
    page.log_in(walk.user, walk.password)
    page.see("#view-ledger")


def keyboard(walk):
    """Logging in and uploading go by keyboard alone, and the focus can always be seen"""
    page, browser = walk.page, walk.browser
    page.log_out()
    browser.press(*walk.user, TAB, *walk.password, ENTER)
    page.see("#view-files")
    for _ in range(12):
        browser.press(TAB)
        shown = browser.run("""
            const e = document.activeElement;
            const seen = e.id === "file-input" ? e.closest("label") : e;
            const style = getComputedStyle(seen);
            return [e.id, style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2];""")
        expect(shown[1], f"the focus on {shown[0]} cannot be seen")
        if shown[0] == "file-input":
            break
    expect(shown[0] == "file-input", "the keyboard does not reach the upload")
    browser.active().type(walk.file("typed.txt", b"typed"))
    page.see_file("typed.txt")
    walk.picture("keyboard")
    browser.press((SHIFT, TAB))
    expect(browser.active().attribute("id") == "log-out", "the focus does not go back")


def small_and_dark(walk):
    """Every view fits a phone of 360 pixels, and is legible in the dark"""
    page, browser = walk.page, walk.browser
    for scheme in ("light", "dark"):
        browser.devtools("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": scheme}])
        for width, height in ((360, 740), (1280, 900)):
            browser.size(width, height)
            for view in ("files", "network", "account", "ledger"):
                page.go(view)
                if view == "ledger":
                    page.verify()
                elif view == "network":
                    page.see("#network-body")
                walk.look(f"{view}-{scheme}-{width}")
            page.click("#blocks a")
            page.verdict("#block-check")
            walk.look(f"block-{scheme}-{width}")
            browser.run("location.hash = '#/ledger'")
    browser.size(360, 740)
    page.log_out()
    walk.look("log-in-dark-360")


ALL = [
    arrive, register, log_in, upload, watch, download, replace, delete, put_back, lose_connection,
    network, verify, prove, trees, pages, admit, change_password, lose_session, keyboard, small_and_dark,
]
