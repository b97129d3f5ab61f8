// The entries of a block, and the proof that one of them is in the ledger.
import { ask, askBytes } from "./api.js";
import { element, mono } from "./dom.js";
import { count, formatBytes, formatNumber } from "./format.js";
import * as verify from "./verify.js";
import { conclude, noCryptography, writeResult } from "./chain.js";

const kinds = {
    file: "File stored", "file-removal": "File deleted", placement: "Chunk placed",
    membership: "Node", account: "Account changed",
};
const memberships = {
    joined: "joined", left: "left", dead: "was declared dead", returned: "came back",
};

export function entryRow(entry) {
    const result = element("div", { role: "status" });
    const button = element("button", {
        type: "button", class: "quiet", "aria-label": `Prove record ${entry.index}`,
        click: () => prove(entry, button, result),
    }, "Prove");
    return element(
        "li", { class: entry.own ? "entry own" : "entry", "data-kind": entry.kind },
        element("div", { class: "row" },
            element("div", {},
                element("p", { class: "name" }, titleOf(entry)),
                ...detailsOf(entry).map(([term, what]) =>
                    element("p", { class: "meta" }, `${term} `, mono(what)))),
            element("p", { class: "buttons" }, button)),
        result);
}

function titleOf(entry) {
    const title = entry.kind === "placement" && entry.nodes.length === 0
        ? "Chunk released" : kinds[entry.kind] ?? entry.kind;
    switch (entry.kind) {
    case "file":
        if (!entry.own) return `${title}, ${count(entry.chunks, "chunk")}`;
        return entry.name === undefined
            ? `${title}, your own, ${count(entry.chunks, "chunk")}`
            : `${title}: ${entry.name}, ${formatBytes(entry.size)} (your own)`;
    case "file-removal":
        return entry.own ? `${title} (your own)` : title;
    case "placement":
        return entry.nodes.length
            ? `${title} on ${count(entry.nodes.length, "node")}, ${formatBytes(entry.size)}` : title;
    case "membership":
        return `${title} ${memberships[entry.event] ?? entry.event}`;
    default:
        return title;
    }
}

function detailsOf(entry) {
    const details = {
        file: [["File", entry.file], ["Owner tag", entry.owner]],
        "file-removal": [["File", entry.file], ["Owner tag", entry.owner]],
        placement: [["Chunk", entry.chunk], ["Nodes", entry.nodes?.join(", ")]],
        membership: [["Node", entry.node]],
        account: [["Account tag", entry.owner]],
    }[entry.kind] ?? [];
    return [["Record", String(entry.index)], ...details, ["Leaf", entry.leaf]].filter(
        ([, what]) => what);
}

/** Asks for the proof that a record is in the ledger, and checks it here. */
async function prove(entry, button, result) {
    button.disabled = true;
    writeResult(result, "busy", "Checking …", []);
    try {
        writeResult(result, ...(await checkProof(entry)));
    } catch (error) {
        writeResult(result, "unknown", "Not checked", [["none", error.message]]);
    }
    button.disabled = false;
}

async function checkProof(entry) {
    if (!verify.canHash()) return noCryptography;
    const proof = await ask("GET", `/api/ledger/proof?record=${entry.index}`);
    const header = await fetchHeader(proof.header.height);
    const root = await verify.rootOfProof(
        verify.fromHex(entry.leaf), entry.index, proof.treeSize, proof.path.map(verify.fromHex));
    const lines = [];
    const note = (isRight, right, wrong) => lines.push(isRight ? ["good", right] : ["bad", wrong]);
    note(proof.index === entry.index && proof.treeSize === header.totalRecords,
        `The proof is about record ${entry.index} of the ${formatNumber(header.totalRecords)} that block ${header.height} counts.`,
        "The proof is about another ledger than the block’s.");
    note(root !== null && verify.hex(root) === verify.hex(header.ledgerRoot),
        `${count(proof.path.length, "hash", "hashes")} lead from the record to the root of all records.`,
        "The proof does not lead to the root of all records.");
    const signatures = await verify.canVerifySignatures();
    if (signatures) {
        note(await verify.hasValidSignature(header),
            `Block ${header.height}, which holds that root, is signed by its writer.`,
            `The signature of block ${header.height} is not its writer’s.`);
    } else {
        lines.push(["none", "The signature was not checked: this browser cannot check Ed25519."]);
    }
    return conclude(lines, signatures, {
        good: "This record is in the ledger", partly: "The proof holds; the signature was not checked",
        bad: "This proof does not hold",
    });
}

/** The signed header of a block. */
export async function fetchHeader(height) {
    const bytes = await askBytes(`/api/ledger/headers?from=${height}&limit=1`);
    if (bytes.length !== verify.headerByteCount) throw new Error("The server gave no header. Try again.");
    return verify.readHeader(bytes);
}
