// The ledger explorer: blocks, newest first, and one block with its entries.
import { ask, request } from "./api.js";
import { byId, cell, element, fillFacts, keepTableRoles, mono, say } from "./dom.js";
import { entryRow, fetchHeader } from "./entries.js";
import { count, formatExactTime, formatNumber } from "./format.js";
import * as verify from "./verify.js";
import { conclude, connectChain, noCryptography, resetChain, stopChain, writeResult } from "./chain.js";

const pageSize = 20;
const entriesPage = 100;
/** Counts showings, so that an answer that comes too late is dropped. */
let generation = 0;

export const ledgerView = {
    title: "Ledger",
    show: ([, before]) => guarded("ledger", () => showBlocks(before ? Number(before) : null)),
    hide() {
        generation += 1;
        stopChain();
    },
    reset() {
        byId("ledger-body").hidden = true;
        say(byId("ledger-error"));
        resetChain();
    },
};

export const blockView = {
    title: "Block",
    show: ([height]) => {
        byId("block-title").textContent = `Block ${height}`;
        return guarded("block", () => showBlock(Number(height)));
    },
    hide() {
        generation += 1;
        byId("block-body").hidden = true;
    },
    reset() {
        say(byId("block-error"));
    },
};

export const connectLedger = connectChain;

/** Runs `work` and shows below the title what went wrong. */
async function guarded(view, work) {
    generation += 1;
    const asked = generation;
    say(byId(`${view}-error`));
    try {
        await work();
    } catch (error) {
        if (asked === generation && error.status !== 401) {
            say(byId(`${view}-error`), error.message);
        }
    }
}

async function showBlocks(before) {
    const asked = generation;
    const query = before === null ? "" : `before=${before}&`;
    const [ledger, page] = await Promise.all([
        ask("GET", "/api/ledger"), ask("GET", `/api/ledger/blocks?${query}limit=${pageSize}`),
    ]);
    if (asked !== generation) return;
    fillFacts(byId("ledger-facts"), [
        ["Blocks", formatNumber(ledger.blocks)],
        ["Records", formatNumber(ledger.records)],
        ["Last written", ledger.tip
            ? element("time", { datetime: ledger.tip.time }, formatExactTime(ledger.tip.time)) : "never"],
    ]);
    fillFacts(byId("ledger-keys"), [
        ["Written by", mono(ledger.writer)],
        ["Root of all records", mono(ledger.root)],
    ]);
    const { blocks } = page;
    byId("blocks-empty").hidden = blocks.length > 0;
    byId("blocks").hidden = blocks.length === 0;
    byId("blocks").tBodies[0].replaceChildren(...blocks.map(blockRow));
    keepTableRoles(byId("blocks"));
    const first = blocks[0]?.height ?? 0;
    const last = blocks.at(-1)?.height ?? 0;
    byId("newest").hidden = first >= ledger.blocks - 1;
    setLink(byId("newer"), first < ledger.blocks - 1, `#/ledger/before/${first + pageSize + 1}`);
    setLink(byId("older"), last > 0, `#/ledger/before/${last}`);
    byId("ledger-body").hidden = false;
}

function setLink(link, isThere, target) {
    link.hidden = !isThere;
    link.href = target;
}

function blockRow(header) {
    return element(
        "tr", {},
        cell("Block", element(
            "a", { href: `#/block/${header.height}`, "aria-label": `Block ${header.height}` },
            formatNumber(header.height))),
        cell("Written", element("time", { datetime: header.time }, formatExactTime(header.time))),
        cell("Records", formatNumber(header.records)),
        cell("Hash", element("span", { class: "mono", title: header.hash }, `${header.hash.slice(0, 16)}…`)));
}

async function showBlock(height) {
    const asked = generation;
    const [block, ledger] = await Promise.all([
        ask("GET", `/api/ledger/blocks/${height}`), ask("GET", "/api/ledger"),
    ]);
    if (asked !== generation) return;
    setLink(byId("block-previous"), height > 0, `#/block/${height - 1}`);
    setLink(byId("block-next"), height < ledger.blocks - 1, `#/block/${height + 1}`);
    fillFacts(byId("block-facts"), [
        ["Written", element("time", { datetime: block.time }, formatExactTime(block.time))],
        ["Records", `${formatNumber(block.entries.length)}, ${formatNumber(block.totalRecords)} in the ledger with this block`],
        ["Hash", mono(block.hash)],
        ["Block before", mono(block.previous)],
        ["Root of its records", mono(block.recordsRoot)],
        ["Root of all records", mono(block.ledgerRoot)],
        ["Written by", mono(block.writer)],
        ["Signature", mono(block.signature)],
    ]);
    byId("entries-empty").hidden = block.entries.length > 0;
    byId("entries").replaceChildren();
    let shown = 0;
    const more = byId("more-entries");
    const showMore = () => {
        const next = block.entries.slice(shown, shown + entriesPage);
        byId("entries").append(...next.map(entryRow));
        shown += next.length;
        more.hidden = shown >= block.entries.length;
    };
    more.onclick = showMore;
    showMore();
    writeResult(byId("block-check"), "busy", "Checking …", []);
    byId("block-body").hidden = false;
    const result = await checkBlock(block);
    if (asked === generation) writeResult(byId("block-check"), ...result);
}

// MARK: Checks of one block

/** Checks a block that the server described against its encoded form. */
async function checkBlock(block) {
    if (!verify.canHash()) return noCryptography;
    const lines = [];
    const note = (isRight, right, wrong) => lines.push(isRight ? ["good", right] : ["bad", wrong]);
    const { header, records } = await fetchBlock(block.height);
    const hash = verify.hex(await verify.headerHash(header));
    note(header.height === block.height && hash === block.hash && isHeaderOf(block, header),
        "The header hashes to what is shown.", "The header is not the one that is shown.");
    if (block.height > 0) {
        const before = await fetchHeader(block.height - 1);
        note(verify.hex(await verify.headerHash(before)) === verify.hex(header.previous),
            `It links to block ${block.height - 1}.`, `It does not link to block ${block.height - 1}.`);
    }
    const signatures = await verify.canVerifySignatures();
    if (signatures) {
        note(await verify.hasValidSignature(header),
            "Its writer signed it.", "Its signature is not its writer’s.");
    } else {
        lines.push(["none", "The signature was not checked: this browser cannot check Ed25519."]);
    }
    const leaves = await Promise.all(records.map(verify.leafHash));
    const tree = new verify.Accumulator();
    for (const leaf of leaves) await tree.append(leaf);
    note(verify.hex(await tree.root()) === verify.hex(header.recordsRoot),
        `Its ${count(records.length, "record")} hash to the root that was signed.`,
        "Its records do not hash to the root that was signed.");
    note(block.entries.length === records.length && block.entries.every((entry, index) =>
        entry.leaf === verify.hex(leaves[index]) && verify.isEntryOf(entry, records[index])),
        "The entries below are what these records say.",
        "The entries below are not what these records say.");
    return conclude(lines, signatures, {
        good: "This block is sound", partly: "This block is whole; its signature was not checked", bad: "This block is not sound",
    });
}

const isHeaderOf = (block, header) =>
    ["previous", "recordsRoot", "ledgerRoot", "writer", "signature"].every(
        (key) => block[key] === verify.hex(header[key]))
    && block.totalRecords === header.totalRecords;

/** The signed header and the encoded records of a block. */
async function fetchBlock(height) {
    const response = await request("GET", `/api/ledger/export?from=${height}`);
    const stream = new verify.ByteStream(response.body);
    try {
        const block = await stream.readBlock();
        return {
            header: verify.readHeader(block.subarray(0, verify.headerByteCount)),
            records: verify.readRecords(block),
        };
    } finally {
        // What follows is not wanted.
        stream.cancel();
    }
}
