// Checks the ledger: formats and rules are those of the server's `LedgerVerifier`, the hashing and
// the signatures are the browser's own (WebCrypto). Nothing here touches the page.

export const headerByteCount = 216;
const signedByteCount = 152;
const domain = new TextEncoder().encode("DecentraStore block header v1\0");

/** Whether the browser offers cryptography: over plain HTTP it does only for this machine. */
export const canHash = () => window.isSecureContext && Boolean(window.crypto?.subtle);

// MARK: Bytes

export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
export const fromHex = (text) =>
    Uint8Array.from(text.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));

function concatenate(...parts) {
    const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let offset = 0;
    for (const part of parts) {
        joined.set(part, offset);
        offset += part.length;
    }
    return joined;
}

const equal = (a, b) => a.length === b.length && a.every((byte, index) => byte === b[index]);

// MARK: Hashes and trees (RFC 6962 §2.1)

export const sha256 = async (bytes) =>
    new Uint8Array(await window.crypto.subtle.digest("SHA-256", bytes));
export const leafHash = (record) => sha256(concatenate([0], record));
export const nodeHash = (left, right) => sha256(concatenate([1], left, right));

/** The root of a tree that only grows, from the roots of its perfect subtrees. */
export class Accumulator {
    count = 0;
    #peaks = [];

    async append(leaf) {
        let hash = leaf;
        for (let rest = this.count; rest % 2 === 1; rest = (rest - 1) / 2) {
            hash = await nodeHash(this.#peaks.pop(), hash);
        }
        this.#peaks.push(hash);
        this.count += 1;
    }

    async root() {
        if (this.count === 0) return sha256(new Uint8Array());
        let root = this.#peaks.at(-1);
        for (const peak of this.#peaks.slice(0, -1).reverse()) root = await nodeHash(peak, root);
        return root;
    }
}

/** The root that an inclusion proof leads to (RFC 9162 §2.1.3.2); null for a path that cannot be. */
export async function rootOfProof(leaf, index, treeSize, path) {
    if (!(index >= 0 && index < treeSize)) return null;
    let position = index;
    let last = treeSize - 1;
    let hash = leaf;
    const half = (value) => Math.floor(value / 2);
    for (const sibling of path) {
        if (last === 0) return null;
        if (position % 2 === 1 || position === last) {
            hash = await nodeHash(sibling, hash);
            while (position % 2 === 0 && position !== 0) {
                position = half(position);
                last = half(last);
            }
        } else {
            hash = await nodeHash(hash, sibling);
        }
        position = half(position);
        last = half(last);
    }
    return last === 0 ? hash : null;
}

// MARK: Signatures

let ed25519 = null;

/** Whether the browser checks Ed25519 signatures: asked with a vector of RFC 8032 §7.1. */
export function canVerifySignatures() {
    ed25519 ??= isValidSignature(
        fromHex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"),
        fromHex(
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
        new Uint8Array()).catch(() => false);
    return ed25519;
}

async function isValidSignature(publicKey, signature, message) {
    const { subtle } = window.crypto;
    const key = await subtle.importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"]);
    return subtle.verify({ name: "Ed25519" }, key, signature, message);
}

// MARK: Headers

/** Reads a signed header. Heights and counts are exact up to 2⁵³, times are whole nanoseconds. */
export function readHeader(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, headerByteCount);
    return {
        bytes,
        height: Number(view.getBigUint64(0)),
        previous: bytes.subarray(8, 40),
        recordsRoot: bytes.subarray(40, 72),
        totalRecords: Number(view.getBigUint64(72)),
        ledgerRoot: bytes.subarray(80, 112),
        time: view.getBigInt64(112),
        writer: bytes.subarray(120, 152),
        signature: bytes.subarray(152, 216),
    };
}

export const headerHash = (header) => sha256(header.bytes);

/** Whether the writer that a header names signed it. A key that is no key has signed nothing. */
export const hasValidSignature = (header) =>
    isValidSignature(
        header.writer, header.signature, concatenate(domain, header.bytes.subarray(0, signedByteCount)))
        .catch(() => false);

// MARK: Records

/** The encoded records of an encoded block; throws when the bytes are no block. */
export function readRecords(block) {
    const view = new DataView(block.buffer, block.byteOffset, block.length);
    const records = [];
    let offset = headerByteCount + 4;
    for (let left = view.getUint32(headerByteCount); left > 0; left -= 1) {
        const start = offset + 4;
        offset = start + view.getUint32(offset);
        if (offset > block.length) throw new RangeError("a record is cut off");
        records.push(block.subarray(start, offset));
    }
    if (offset !== block.length) throw new RangeError("the block has bytes to spare");
    return records;
}

/** What happened to a node, by the byte that tells it. */
const memberships = ["joined", "left", "dead", "returned"];

/** What an encoded record says, as far as the explorer shows it. */
export function readRecord(record) {
    const view = new DataView(record.buffer, record.byteOffset, record.length);
    const part = (from, to) => hex(record.subarray(from, to));
    switch (record[0]) {
    case 1:
        return { kind: "file", owner: part(1, 33), file: part(33, 49), chunks: view.getUint32(81) };
    case 2:
        return { kind: "file-removal", owner: part(1, 33), file: part(33, 49) };
    case 3: {
        const nodes = Array.from(
            { length: view.getUint32(37) }, (_, index) => part(41 + 8 * index, 49 + 8 * index));
        return { kind: "placement", chunk: part(1, 33), size: view.getUint32(33), nodes };
    }
    case 4:
        return { kind: "membership", node: part(1, 9), event: memberships[record[9]] };
    case 5:
        return { kind: "account", owner: part(1, 33) };
    default:
        return { kind: "unknown" };
    }
}

/** Whether an entry as the server tells it is what the encoded record says. */
export function isEntryOf(entry, record) {
    return Object.entries(readRecord(record)).every(
        ([key, value]) => entry[key] === undefined || String(entry[key]) === String(value));
}

// MARK: The chain

/** Where a chain is not what it should be. */
export class ChainError extends Error {
    constructor(height, problem) {
        super(`Block ${height}: ${problem}`);
        this.height = height;
    }
}

/** Checks a chain from its beginning, in order. */
export class ChainChecker {
    blocks = 0;
    records = new Accumulator();
    writer = null;
    last = null;
    lastHash = new Uint8Array(32);

    constructor({ signatures, records }) {
        this.checksSignatures = signatures;
        this.checksRecords = records;
    }

    /** Checks the next headers; `leaves` gives, for each, the leaf hashes of its records. */
    async check(headers, leaves) {
        const [hashes, valid] = await Promise.all([
            Promise.all(headers.map(headerHash)),
            this.checksSignatures ? Promise.all(headers.map(hasValidSignature)) : [],
        ]);
        for (const [index, header] of headers.entries()) {
            this.#checkPlace(header);
            if (this.checksSignatures && !valid[index]) {
                throw new ChainError(this.blocks, "its signature is not its writer’s");
            }
            if (this.checksRecords) await this.#checkRecords(header, leaves[index]);
            this.writer = header.writer;
            this.last = header;
            this.lastHash = hashes[index];
            this.blocks += 1;
        }
    }

    #checkPlace(header) {
        const problem = (text) => new ChainError(this.blocks, text);
        if (header.height !== this.blocks) throw problem(`it claims height ${header.height}`);
        if (!equal(header.previous, this.lastHash)) {
            throw problem(
                this.blocks ? "it does not link to the block before it" : "it is not a first block");
        }
        if (this.writer && !equal(header.writer, this.writer)) {
            throw problem("it has another writer than the blocks before it");
        }
        if (this.last && header.time < this.last.time) {
            throw problem("it was written before the block before it");
        }
        if (this.last && header.totalRecords < this.last.totalRecords) {
            throw problem("it counts fewer records than the block before it");
        }
    }

    async #checkRecords(header, leaves) {
        const own = new Accumulator();
        for (const leaf of leaves) {
            await own.append(leaf);
            await this.records.append(leaf);
        }
        const problem = (text) => new ChainError(this.blocks, text);
        if (!equal(await own.root(), header.recordsRoot)) {
            throw problem("its records are not those that it was signed for");
        }
        if (this.records.count !== header.totalRecords) {
            throw problem("it counts another number of records than the ledger has");
        }
        if (!equal(await this.records.root(), header.ledgerRoot)) {
            throw problem("the records before it are not those that it was signed for");
        }
    }
}

/** Reads a stream of bytes in pieces of any size. */
export class ByteStream {
    #reader;
    #buffer = new Uint8Array();

    constructor(stream) {
        this.#reader = stream.getReader();
    }

    /** The next bytes, a copy of their own; null at the end of the stream, throws inside a piece. */
    async read(size) {
        const parts = [this.#buffer];
        let have = this.#buffer.length;
        while (have < size) {
            const { done, value } = await this.#reader.read();
            if (done) break;
            parts.push(value);
            have += value.length;
        }
        const joined = parts.length === 1 ? parts[0] : concatenate(...parts);
        this.#buffer = joined.subarray(Math.min(size, have));
        if (have === 0 && size > 0) return null;
        if (have < size) throw new RangeError("the ledger ends within a block");
        return joined.slice(0, size);
    }

    /** The next block of an exported ledger; null at its end. */
    async readBlock() {
        const length = await this.read(4);
        if (!length) return null;
        const block = await this.read(new DataView(length.buffer).getUint32(0));
        if (!block || block.length < headerByteCount + 4) throw new RangeError("a block is cut off");
        return block;
    }

    cancel() {
        return this.#reader.cancel().catch(() => {});
    }
}
