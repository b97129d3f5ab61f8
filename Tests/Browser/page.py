"""The page as a user handles it."""

import json


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


class Page:
    def __init__(self, browser, url):
        self.browser = browser
        self.url = url

    def see(self, selector, seconds=15):
        """Waits until something is visible, and returns it."""
        def look():
            found = self.browser.find(selector)
            return found if found.is_displayed else None
        return self.browser.wait(f"{selector} is to be seen", look, seconds)

    def see_text(self, selector, text, seconds=15):
        """Waits until an element contains a text, and returns all of its text."""
        def look():
            shown = self.browser.find(selector).text
            return shown if text in shown else None
        return self.browser.wait(f"{selector} says {text!r}", look, seconds)

    def click(self, selector):
        self.see(selector).click()

    def go(self, view):
        self.click(f'#nav a[href="#/{view}"]')
        self.see(f"#view-{view}")

    def fill(self, form, **fields):
        for name, value in fields.items():
            self.see(f'#{form}-form input[name="{name}"]').fill(value)
        self.click(f"#{form}-form button")

    def register(self, user, password):
        self.click('a[href="#/register"]')
        self.fill("register", username=user, password=password, again=password)
        self.see("#view-files")

    def log_in(self, user, password):
        self.see("#view-login")
        self.fill("login", username=user, password=password)

    def log_out(self):
        self.click("#log-out")
        self.see_text("#login-notice", "logged out")

    # Files

    def choose(self, *paths):
        self.browser.find("#file-input").type("\n".join(paths))

    def drop(self, name, text):
        """Drops a file that holds `text` on the area, as a browser would tell of it."""
        self.browser.run("""
            const [name, text] = arguments;
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([text], name));
            for (const type of ["dragenter", "dragover", "drop"]) {
                document.getElementById("drop").dispatchEvent(
                    new DragEvent(type, {dataTransfer, bubbles: true, cancelable: true}));
            }""", name, text)

    def names(self):
        return self.browser.run(
            "return [...document.querySelectorAll('#file-list .name')].map((e) => e.textContent)")

    def see_file(self, name, seconds=60):
        self.browser.wait(f"{name!r} is listed", lambda: name in self.names(), seconds)

    def upload_states(self):
        return self.browser.run(
            "return [...document.querySelectorAll('.upload')].map((e) => e.dataset.state)")

    def button(self, label):
        return self.see(f"[aria-label={json.dumps(label)}]")

    def asks_before_leaving(self):
        """Whether the page would have the browser ask before it is left."""
        return self.browser.run("""
            const event = new Event("beforeunload", {cancelable: true});
            window.dispatchEvent(event);
            return event.defaultPrevented;""")

    # The ledger

    def tamper(self, path, change):
        """Changes the bytes of answers below a path before the page sees them: `change` is
        JavaScript that is given `bytes` and returns bytes."""
        self.browser.run("""
            const [path, change] = arguments;
            window.untampered ??= window.fetch;
            const edit = new Function("bytes", change);
            window.fetch = async (asked, options) => {
                const response = await window.untampered.call(window, asked, options);
                if (!String(asked).startsWith(path)) return response;
                const bytes = new Uint8Array(await response.arrayBuffer());
                return new Response(edit(bytes), {status: response.status, headers: response.headers});
            };""", path, change)

    def forge(self):
        """Changes the last block's signature, and all that the server says of it accordingly."""
        self.browser.run("""
            window.untampered ??= window.fetch;
            const ask = (path, options) => window.untampered.call(window, path, options);
            return (async () => {
                const bytes = new Uint8Array(
                    await (await ask("/api/ledger/headers?from=0&limit=10000")).arrayBuffer());
                bytes[bytes.length - 1] ^= 1;
                const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes.slice(-216)));
                const ledger = await (await ask("/api/ledger")).json();
                ledger.tip.hash = [...hash].map((b) => b.toString(16).padStart(2, "0")).join("");
                window.fetch = async (path, options) =>
                    path === "/api/ledger" ? Response.json(ledger)
                    : path.startsWith("/api/ledger/headers") ? new Response(bytes)
                    : ask(path, options);
            })();""")

    def untamper(self):
        self.browser.run("window.fetch = window.untampered;")

    def verdict(self, place, seconds=60):
        """Waits for a verdict: "good", "bad" or "unknown", and the text below it."""
        def look():
            found = self.browser.find(f"{place} .verdict")
            kind = found.attribute("data-verdict")
            return None if kind == "busy" else kind
        kind = self.browser.wait("a verdict", look, seconds)
        return kind, self.browser.find(place).text

    def verify(self):
        self.browser.run("document.getElementById('verify-result').replaceChildren()")
        self.click("#verify")
        return self.verdict("#verify-result")
