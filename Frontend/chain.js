// "Verify the chain": downloads it, checks it, and says what was checked and what was not.
import { ask, askBytes, request } from "./api.js";
import { byId, element, say } from "./dom.js";
import { count, formatNumber, formatTime } from "./format.js";
import * as verify from "./verify.js";

const headersPerRequest = 2000;
const headersPerStep = 250;
/** Where this browser keeps the last block that it verified. */
const storageKey = "verified-block";
let stop = null;

/** What a page says that was loaded over plain HTTP from another machine. */
export const noCryptography = ["unknown", "Nothing was checked", [["none",
    "Browsers check hashes and signatures only in pages that came over HTTPS or from this machine itself. Open this page there, or use the command line."]]];

export function connectChain() {
    byId("verify").addEventListener("click", run);
    byId("verify-stop").addEventListener("click", () => stop?.abort());
}

export const stopChain = () => stop?.abort();

export function resetChain() {
    stopChain();
    byId("verify-result").replaceChildren();
    say(byId("verify-count"));
}

/** Shows a verdict ("good", "bad", "unknown", "busy") and the lines that it rests on. */
export function writeResult(place, verdict, title, lines) {
    const signs = { good: "Right:", bad: "Wrong:", none: "Not checked:" };
    place.dataset.verdict = verdict;
    place.replaceChildren(
        element("p", { class: "verdict", "data-verdict": verdict }, title),
        element("ul", { class: "checks" }, ...lines.map(([kind, text]) =>
            element("li", { "data-state": kind },
                element("span", { class: "hidden" }, `${signs[kind]} `), text))));
}

/** The verdict that lines lead to. Without signatures it is not a full one. */
export function conclude(lines, signatures, titles) {
    if (lines.some(([kind]) => kind === "bad")) return ["bad", titles.bad, lines];
    return signatures ? ["good", titles.good, lines] : ["unknown", titles.partly, lines];
}

async function run() {
    const controller = new AbortController();
    stop = controller;
    const result = byId("verify-result");
    const isFull = byId("verify-records").checked;
    setRunning(true);
    writeResult(result, "busy", "Verifying …", []);
    try {
        writeResult(result, ...(await check(isFull, controller.signal)));
    } catch (error) {
        if (controller.signal.aborted) {
            writeResult(result, "unknown", "Stopped before the end", []);
        } else if (error instanceof verify.ChainError) {
            writeResult(result, "bad", "This chain is not sound", [["bad", `${error.message}.`]]);
        } else if (error instanceof RangeError) {
            writeResult(result, "bad", "This chain is not sound", [
                ["bad", `What the server gave is no ledger: ${error.message}.`]]);
        } else {
            writeResult(result, "unknown", "Not verified", [["none", error.message]]);
        }
    }
    if (stop === controller) stop = null;
    setRunning(false);
}

function setRunning(isRunning) {
    const hadFocus = document.activeElement === byId("verify-stop");
    byId("verify").disabled = isRunning;
    byId("verify-stop").hidden = !isRunning;
    byId("verify-progress").hidden = !isRunning;
    say(byId("verify-count"));
    if (hadFocus) byId("verify").focus();
}

function showProgress(done, total) {
    byId("verify-progress").max = Math.max(1, total);
    byId("verify-progress").value = done;
    say(byId("verify-count"), `${formatNumber(done)} of ${count(total, "block")}`);
}

async function check(isFull, signal) {
    if (!verify.canHash()) {
        return noCryptography;
    }
    const ledger = await ask("GET", "/api/ledger", { signal });
    const signatures = await verify.canVerifySignatures();
    const remembered = recall(ledger.writer);
    const checker = new verify.ChainChecker({ signatures, records: isFull });
    const steps = isFull ? blockSteps(signal) : headerSteps(ledger.blocks, signal);
    let seenAgain = null;
    for await (const { headers, leaves } of steps) {
        // What was written since we asked is for the next time.
        const wanted = headers.slice(0, ledger.blocks - checker.blocks);
        if (remembered && seenAgain === null) {
            const same = wanted.find((header) => header.height === remembered.height);
            if (same) seenAgain = verify.hex(await verify.headerHash(same)) === remembered.hash;
        }
        await checker.check(wanted, leaves);
        signal.throwIfAborted();
        showProgress(checker.blocks, ledger.blocks);
        if (checker.blocks >= ledger.blocks) break;
    }
    return verdict({ ledger, checker, signatures, isFull, remembered, seenAgain });
}

/** The headers, in the steps in which they are checked. */
async function* headerSteps(blocks, signal) {
    for (let from = 0; from < blocks;) {
        const bytes = await askBytes(
            `/api/ledger/headers?from=${from}&limit=${headersPerRequest}`, signal);
        if (bytes.length % verify.headerByteCount) throw new RangeError("a header is cut off");
        const headers = [];
        for (let offset = 0; offset < bytes.length; offset += verify.headerByteCount) {
            headers.push(verify.readHeader(bytes.subarray(offset, offset + verify.headerByteCount)));
        }
        if (headers.length === 0) return;
        from += headers.length;
        for (let start = 0; start < headers.length; start += headersPerStep) {
            yield { headers: headers.slice(start, start + headersPerStep) };
        }
    }
}

/** The blocks one by one, with the leaf hashes of their records. */
async function* blockSteps(signal) {
    const response = await request("GET", "/api/ledger/export?from=0", { signal });
    const stream = new verify.ByteStream(response.body);
    try {
        for (;;) {
            const block = await stream.readBlock();
            signal.throwIfAborted();
            if (!block) return;
            yield {
                headers: [verify.readHeader(block.subarray(0, verify.headerByteCount))],
                leaves: [await Promise.all(verify.readRecords(block).map(verify.leafHash))],
            };
        }
    } finally {
        stream.cancel();
    }
}

function verdict({ ledger, checker, signatures, isFull, remembered, seenAgain }) {
    const lines = [];
    const { blocks } = checker;
    const note = (isRight, right, wrong) => lines.push(isRight ? ["good", right] : ["bad", wrong]);
    note(blocks === ledger.blocks,
        `${count(blocks, "block")}: heights, times and the hash links between all of them.`,
        `The chain ends after ${count(blocks, "block")}, the server says ${formatNumber(ledger.blocks)}.`);
    if (blocks > 0) {
        note(verify.hex(checker.lastHash) === ledger.tip?.hash
            && verify.hex(checker.writer) === ledger.writer
            && checker.last.totalRecords === ledger.records
            && verify.hex(checker.last.ledgerRoot) === ledger.root,
        "It ends in the block, the root and the writer that the server shows.",
        "It does not end in what the server shows.");
    }
    if (signatures) lines.push(["good", `${count(blocks, "Ed25519 signature")}, all of the same writer.`]);
    else lines.push(["none", "The signatures: this browser cannot check Ed25519."]);
    if (isFull) {
        lines.push(["good",
            `${count(checker.records.count, "record")}: each is what its block and every later one were signed for.`]);
    } else {
        lines.push(["none", "The records themselves: only the headers were downloaded."]);
    }
    noteMemory(lines, { checker, remembered, seenAgain });
    lines.push(["none", "Whether the writer is who you think: compare its key with one that you got another way."]);
    const result = conclude(lines, signatures, {
        good: "The chain is sound", partly: "The chain is whole; its signatures were not checked",
        bad: "This chain is not sound",
    });
    if (result[0] === "good" && blocks > 0) remember(checker);
    return result;
}

// MARK: What was verified before

function noteMemory(lines, { checker, remembered, seenAgain }) {
    if (!remembered) return;
    const block = `block ${remembered.height}, which this browser verified on ${formatTime(remembered.time)}`;
    if (seenAgain) lines.push(["good", `It still contains ${block}.`]);
    else if (seenAgain === false) lines.push(["bad", `It has another block in the place of ${block}.`]);
    else lines.push(["bad", `It has ${count(checker.blocks, "block")} and lacks ${block}.`]);
}

/** The last block of this writer that was verified here; null when there is none. */
function recall(writer) {
    try {
        const memory = JSON.parse(window.localStorage.getItem(storageKey));
        return memory?.writer === writer ? memory : null;
    } catch {
        return null;
    }
}

function remember(checker) {
    try {
        window.localStorage.setItem(storageKey, JSON.stringify({
            writer: verify.hex(checker.writer), height: checker.last.height,
            hash: verify.hex(checker.lastHash), time: Date.now(),
        }));
    } catch {
        // A browser that keeps nothing only loses the comparison with the last time.
    }
}
