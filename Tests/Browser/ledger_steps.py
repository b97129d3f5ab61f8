"""The steps of the walk that look at the ledger and what the browser checks of it."""

from page import expect


def verify(walk):
    """The browser verifies the chain, and finds what was tampered with"""
    page = walk.page
    page.go("ledger")
    kind, text = page.verify()
    expect(kind == "good", text)
    expect("Ed25519 signature" in text, "no signature was checked")
    page.click("#verify-records")
    kind, text = page.verify()
    expect(kind == "good" and "records: each is" in text, text)
    expect("It still contains block" in text, "does not remember what it verified")
    walk.look("ledger-verified")
    flips = {
        "a link": "bytes[216 + 9] ^= 1; return bytes;",
        "a root of records": "bytes[45] ^= 1; return bytes;",
        "a time": "bytes[119] ^= 1; return bytes;",
        "the last signature": "bytes[bytes.length - 1] ^= 1; return bytes;",
        "the last block": "return bytes.slice(0, -216);",
        "the first block": "return bytes.slice(216);",
    }
    page.click("#verify-records")
    for what, change in flips.items():
        page.tamper("/api/ledger/headers", change)
        kind, text = page.verify()
        expect(kind == "bad", f"{what} was tampered with, and the page says: {text}")
        page.untamper()
    page.forge()
    kind, text = page.verify()
    expect(kind == "bad" and "its signature is not" in text, f"a forged signature passed: {text}")
    page.untamper()
    walk.look("ledger-tampered")
    page.click("#verify-records")
    page.tamper("/api/ledger/export", "bytes[4 + 216 + 4 + 4 + 3] ^= 1; return bytes;")
    kind, text = page.verify()
    expect(kind == "bad" and "its records are not" in text, f"a record was changed: {text}")
    page.untamper()
    walk.browser.run("""
        const memory = JSON.parse(localStorage.getItem("verified-block"));
        memory.hash = memory.hash.replace(/^../, (two) => (two === "00" ? "01" : "00"));
        localStorage.setItem("verified-block", JSON.stringify(memory));""")
    kind, text = page.verify()
    expect(kind == "bad" and "another block in the place" in text, f"a forked chain passed: {text}")
    walk.browser.run("localStorage.clear()")


def prove(walk):
    """A block is checked, one's own file is in the clear, and the proof of a record holds"""
    page = walk.page
    # Without JavaScript's numbers there is no other way to find one's own block than to look.
    for link in walk.browser.run("return [...document.querySelectorAll('#blocks a')].map(a => a.hash)"):
        walk.browser.run("location.hash = arguments[0]", link)
        page.see_text("#block-title", f"Block {link.split('/')[-1]}")
        kind, text = page.verdict("#block-check")
        expect(kind == "good", text)
        if walk.browser.run("return !!document.querySelector('.entry.own[data-kind=file]')"):
            break
    page.see_text(".entry.own", "later.bin")
    page.click(".entry.own button")
    kind, text = page.verdict(".entry.own")
    expect(kind == "good", text)
    walk.look("block")
    page.tamper("/api/ledger/proof", """
        const proof = JSON.parse(new TextDecoder().decode(bytes));
        const last = proof.path.length - 1;
        proof.path[last] = proof.path[last].replace(/^./, (c) => (c === "0" ? "1" : "0"));
        return new TextEncoder().encode(JSON.stringify(proof));""")
    page.click(".entry.own button")
    walk.browser.wait(
        "the proof is refuted", lambda: page.verdict(".entry.own")[0] == "bad")
    page.untamper()


def trees(walk):
    """The page's trees and proofs agree with RFC 6962 for every size up to 20"""
    wrong = walk.browser.run("""
        return import("/verify.js").then(async (v) => {
            const root = async (leaves) => {
                if (leaves.length === 1) return leaves[0];
                const k = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
                return v.nodeHash(await root(leaves.slice(0, k)), await root(leaves.slice(k)));
            };
            const path = async (index, leaves) => {
                if (leaves.length === 1) return [];
                const k = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
                return index < k
                    ? [...await path(index, leaves.slice(0, k)), await root(leaves.slice(k))]
                    : [...await path(index - k, leaves.slice(k)), await root(leaves.slice(0, k))];
            };
            const wrong = [];
            const leaves = [];
            const tree = new v.Accumulator();
            for (let size = 1; size <= 20; size += 1) {
                leaves.push(await v.leafHash(new Uint8Array([size])));
                await tree.append(leaves.at(-1));
                const expected = v.hex(await root(leaves));
                if (v.hex(await tree.root()) !== expected) wrong.push(`the root of ${size}`);
                for (let index = 0; index < size; index += 1) {
                    const steps = await path(index, leaves);
                    const found = await v.rootOfProof(leaves[index], index, size, steps);
                    if (v.hex(found) !== expected) wrong.push(`the proof of ${index} in ${size}`);
                    const longer = await v.rootOfProof(
                        leaves[index], index, size, [...steps, leaves[0]]);
                    if (longer !== null) wrong.push(`a longer proof of ${index} in ${size}`);
                    if (steps.length === 0) continue;
                    const shorter = await v.rootOfProof(
                        leaves[index], index, size, steps.slice(0, -1));
                    if (shorter !== null) wrong.push(`a shorter proof of ${index} in ${size}`);
                }
            }
            return wrong;
        });""")
    expect(not wrong, f"{len(wrong)} are wrong, the first: {wrong[:3]}")


def pages(walk):
    """The blocks can be paged through, there and back"""
    page = walk.page

    def newest():
        return walk.browser.run("return document.querySelector('#blocks a').textContent")

    page.go("ledger")
    first = newest()
    if not walk.browser.find("#older").is_displayed:
        return
    for link, is_first in (("older", False), ("newer", True), ("older", False), ("newest", True)):
        page.click(f"#{link}")
        walk.browser.wait(f"{link} blocks", lambda: (newest() == first) is is_first)


def admit(walk):
    """The page says so where the browser cannot check signatures, or nothing at all"""
    walk.allow("401")
    page, browser = walk.page, walk.browser
    browser.reload()
    page.see("#verify")
    browser.run("""
        SubtleCrypto.prototype.importKey = () => Promise.reject(
            new DOMException("as in an older browser", "NotSupportedError"));""")
    kind, text = page.verify()
    expect(kind == "unknown" and "cannot check Ed25519" in text, text)
    walk.look("ledger-without-signatures")
    browser.open(page.url.replace("127.0.0.1", "plain.test"))
    page.log_in(walk.user, walk.password)
    page.see("#view-files")
    page.go("ledger")
    kind, text = page.verify()
    expect(kind == "unknown" and "Nothing was checked" in text, text)
    walk.look("ledger-over-plain-http")
    page.log_out()
    browser.open(page.url)
    page.see("#view-files")
