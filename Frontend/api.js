// Talks to the backend. The session is a cookie that scripts cannot read.

/** The header that other sites cannot send: it tells the backend that this page is asking. */
export const ownHeader = ["X-DecentraStore", "1"];

/** Tells "session-ended", "connection-lost" and "connection-back". */
export const events = new EventTarget();

/** An answer of the server that says no, in words for the user. */
export class ApiError extends Error {
    constructor(status, code, message) {
        super(message);
        this.status = status;
        this.code = code;
    }
}

/** The server could not be reached at all. */
export class ConnectionError extends Error {
    constructor() {
        super("The server cannot be reached. Check the connection; this page tries again by itself.");
    }
}

const timeoutMilliseconds = 60_000;
const retryMilliseconds = [1000, 2000, 3000, 5000];
let isLost = false;

export const isConnected = () => !isLost;

/** Asks the server; throws `ApiError` or `ConnectionError`. The answer is the response. */
export async function request(method, path, { json, signal } = {}) {
    const headers = {};
    if (method !== "GET") headers[ownHeader[0]] = ownHeader[1];
    if (json !== undefined) headers["Content-Type"] = "application/json";
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), timeoutMilliseconds);
    const abort = () => timeout.abort();
    signal?.addEventListener("abort", abort);
    let response;
    try {
        response = await window.fetch(path, {
            method, headers, signal: timeout.signal, cache: "no-store", credentials: "same-origin",
            body: json === undefined ? undefined : JSON.stringify(json),
        });
    } catch (error) {
        if (signal?.aborted) throw error;
        connectionLost();
        throw new ConnectionError();
    } finally {
        clearTimeout(timer);
    }
    if (response.ok) return response;
    throw errorFrom(response.status, response.headers.get("Retry-After"), await readText(response));
}

/** Asks for JSON, or for nothing (null). */
export async function ask(method, path, options) {
    const response = await request(method, path, options);
    if (response.status === 204) return null;
    try {
        return await response.json();
    } catch {
        connectionLost();
        throw new ConnectionError();
    }
}

/** Asks for bytes. */
export async function askBytes(path, signal) {
    const response = await request("GET", path, { signal });
    try {
        return new Uint8Array(await response.arrayBuffer());
    } catch (error) {
        if (signal?.aborted) throw error;
        connectionLost();
        throw new ConnectionError();
    }
}

/** The error of an answer, from its status and its body. Ends the session where it is over. */
export function errorFrom(status, retryAfter, text) {
    let told = {};
    try {
        told = JSON.parse(text).error ?? {};
    } catch {
        // An answer of something between us and the server: its status says enough.
    }
    let message = told.message ?? `The server answered with status ${status}. Try again later.`;
    if (status === 429 && retryAfter && !/\d/.test(message)) {
        message += ` Try again in ${retryAfter} seconds.`;
    }
    if (status === 401 && told.code !== "wrong-credentials") {
        events.dispatchEvent(new Event("session-ended"));
    }
    return new ApiError(status, told.code ?? "unknown", message);
}

/** Notes that the server cannot be reached, and asks until it can. */
export function connectionLost() {
    if (isLost) return;
    isLost = true;
    events.dispatchEvent(new Event("connection-lost"));
    tryAgain(0);
}

async function tryAgain(attempt) {
    await new Promise((done) =>
        setTimeout(done, retryMilliseconds[Math.min(attempt, retryMilliseconds.length - 1)]));
    try {
        await window.fetch("/health", { cache: "no-store", signal: AbortSignal.timeout(10_000) });
    } catch {
        return tryAgain(attempt + 1);
    }
    isLost = false;
    events.dispatchEvent(new Event("connection-back"));
}

async function readText(response) {
    try {
        return await response.text();
    } catch {
        return "";
    }
}
