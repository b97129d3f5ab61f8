// The queue of uploads: one at a time, in order, with what is known about each.
import { ask, errorFrom, events, isConnected, ownHeader } from "./api.js";
import { announce, byId, element, say } from "./dom.js";
import { askUser } from "./dialog.js";
import { connectDrop } from "./drop.js";
import { count, formatBytes, formatDuration } from "./format.js";

/** How far back the rate looks. */
const rateMilliseconds = 4000;
/** After how long without progress an upload is said to be stalled. */
const stallMilliseconds = 10_000;
const queue = [];

/** All uploads. Tells "change" when some begin or end, and "stored" when a file arrived. */
class Uploads extends EventTarget {
    /** How many wait or are under way. */
    get pending() {
        return queue.filter((item) => item.isPending).length;
    }

    /** Ends everything. Returns how many uploads that stopped. */
    stopAll(why) {
        const pending = queue.filter((item) => item.isPending);
        // The last first, so that none begins because the one before it ended.
        for (const item of pending.reverse()) item.fail(why, false);
        return pending.length;
    }

    /** Forgets everything: the next user must not see it. */
    clear() {
        for (const item of queue.splice(0)) item.row.remove();
        byId("uploads").hidden = true;
    }
}

export const uploads = new Uploads();

/** One file on its way. */
class Upload {
    constructor(file, replace) {
        this.file = file;
        this.replace = replace;
        this.samples = [];
        this.announced = 0;
        this.progress = element("progress", { max: 1, value: 0, "aria-label": `Progress of ${file.name}` });
        this.note = element("p", { class: "note" });
        this.cancelButton = element(
            "button", { type: "button", class: "quiet", "aria-label": `Cancel ${file.name}`, click: () => this.cancel() },
            "Cancel");
        this.retryButton = element(
            "button", { type: "button", "aria-label": `Try ${file.name} again`, click: () => this.retry(), hidden: true },
            "Try again");
        this.row = element(
            "li", { class: "upload" },
            element("div", { class: "row" },
                element("p", { class: "name" }, file.name),
                element("p", { class: "buttons" }, this.retryButton, this.cancelButton)),
            this.progress, this.note);
        this.become("waiting", `Waiting, ${formatBytes(file.size)}`);
    }

    get isPending() {
        return ["waiting", "sending", "storing"].includes(this.state);
    }

    become(state, text) {
        this.state = state;
        this.row.dataset.state = state;
        this.note.textContent = text;
        this.progress.hidden = !["sending", "storing"].includes(state);
        this.cancelButton.hidden = !this.isPending;
        uploads.dispatchEvent(new Event("change"));
    }

    start() {
        const name = encodeURIComponent(this.file.name);
        const xhr = new XMLHttpRequest();
        this.xhr = xhr;
        xhr.open("POST", `/api/files?name=${name}${this.replace ? "&replace=true" : ""}`);
        xhr.setRequestHeader(...ownHeader);
        xhr.setRequestHeader("Content-Type", "application/octet-stream");
        xhr.upload.addEventListener("progress", (event) => this.sent(event.loaded));
        xhr.upload.addEventListener("load", () => this.allSent());
        xhr.addEventListener("load", () => this.answered());
        xhr.addEventListener("error", () => this.brokenOff());
        xhr.addEventListener("loadend", () => clearInterval(this.watch));
        this.watch = setInterval(() => this.checkProgress(), stallMilliseconds / 2);
        this.samples = [[performance.now(), 0]];
        this.become("sending", "Starting …");
        this.progress.value = 0;
        announce(`Uploading ${this.file.name}`);
        xhr.send(this.file);
    }

    sent(bytes) {
        if (this.state !== "sending") return;
        const now = performance.now();
        this.samples.push([now, bytes]);
        while (this.samples.length > 2 && now - this.samples[1][0] > rateMilliseconds) {
            this.samples.shift();
        }
        const [since, before] = this.samples[0];
        const rate = ((bytes - before) * 1000) / Math.max(1, now - since);
        const share = this.file.size ? bytes / this.file.size : 1;
        const percent = Math.floor(share * 100);
        const left = rate > 0 && now - since > 500
            ? `, ${formatDuration((this.file.size - bytes) / rate)} left` : "";
        this.progress.value = share;
        this.note.textContent = `${percent} %, ${formatBytes(bytes)} of `
            + `${formatBytes(this.file.size)}, ${formatBytes(Math.round(rate))}/s${left}`;
        if (percent - this.announced >= 25 && percent < 100) {
            this.announced = percent;
            announce(`${this.file.name}: ${percent} %`);
        }
    }

    /** A connection may die without a word: then only another request tells. */
    checkProgress() {
        const silence = performance.now() - this.samples.at(-1)[0];
        if (this.state !== "sending" || silence < stallMilliseconds) return;
        this.note.textContent = `Stalled: nothing could be sent for ${formatDuration(silence / 1000)}. `
            + "It goes on by itself if the connection recovers; or cancel and try again.";
        ask("GET", "/api/account").catch(() => {});
    }

    /** The bytes are with the server, but not yet safe: it seals and spreads them first. */
    allSent() {
        if (this.state !== "sending") return;
        this.progress.value = 1;
        this.become("storing", `Sent ${formatBytes(this.file.size)}; storing it on the nodes …`);
    }

    answered() {
        if (!this.isPending) return;
        if (this.xhr.status === 201) {
            this.become("done", `Stored, ${formatBytes(this.file.size)}`);
            announce(`${this.file.name} is stored`);
            uploads.dispatchEvent(new Event("stored"));
            return startNext();
        }
        const error = errorFrom(
            this.xhr.status, this.xhr.getResponseHeader("Retry-After"), this.xhr.responseText);
        if (!this.isPending) return;
        if (error.code === "name-taken") return this.askToReplace();
        this.fail(error.message, true);
    }

    /** Whether the network, the session or only this upload broke off, another request tells. */
    async brokenOff() {
        await ask("GET", "/api/account").catch(() => {});
        if (this.isPending) this.fail("The connection broke off before the file was stored.", true);
    }

    /** The name was taken meanwhile, on another device perhaps. */
    async askToReplace() {
        this.become("waiting", "A file of this name exists.");
        this.isAsking = true;
        const { choice } = await askUser(conflictQuestion(this.file.name));
        this.isAsking = false;
        if (!this.isPending) return;
        if (choice === "replace") {
            this.replace = true;
        } else {
            this.become("cancelled", "Skipped: a file of this name exists.");
        }
        startNext();
    }

    fail(message, canRetry) {
        this.become("failed", message);
        this.xhr?.abort();
        this.retryButton.hidden = !canRetry;
        announce(`${this.file.name} was not stored: ${message}`);
        startNext();
    }

    retry() {
        this.retryButton.hidden = true;
        this.announced = 0;
        this.become("waiting", "Waiting");
        this.cancelButton.focus();
        startNext();
    }

    cancel() {
        const hadFocus = this.row.contains(document.activeElement);
        this.become("cancelled", "Cancelled");
        this.xhr?.abort();
        announce(`${this.file.name}: cancelled`);
        if (hadFocus) byId("uploads-title").focus();
        // What was stored in the last moment shows in the list.
        uploads.dispatchEvent(new Event("stored"));
        startNext();
    }
}

function startNext() {
    const isBusy = queue.some((item) => item.state === "sending" || item.state === "storing");
    if (!isBusy && isConnected()) {
        queue.find((item) => item.state === "waiting" && !item.isAsking)?.start();
    }
    showQueue();
}

function showQueue() {
    byId("uploads").hidden = queue.length === 0;
    byId("clear-uploads").hidden = queue.every((item) => item.isPending);
}

const conflictQuestion = (name, others = 0) => ({
    title: "Replace the file?",
    text: `A file named “${name}” exists already. Replacing it deletes what it holds now.`,
    forAll: others ? `The same for ${count(others, "other file")}` : undefined,
    options: [
        { choice: "replace", label: "Replace", kind: "danger" },
        { choice: "skip", label: "Skip this file" },
    ],
});

/** Queues files; asks about those whose names `isTaken`. */
async function add(files, isTaken) {
    const names = new Set(queue.filter((item) => item.isPending).map((item) => item.file.name));
    const conflicts = [];
    for (const file of files) {
        if (names.has(file.name) || isTaken(file.name)) conflicts.push(file);
        else enqueue(file, false);
        names.add(file.name);
    }
    let forAll = null;
    for (const [index, file] of conflicts.entries()) {
        const answer = forAll
            ?? (await askUser(conflictQuestion(file.name, conflicts.length - index - 1)));
        if (answer.forAll) forAll = answer;
        if (answer.choice === "replace") enqueue(file, true);
    }
}

function enqueue(file, replace) {
    const item = new Upload(file, replace);
    queue.push(item);
    byId("upload-list").append(item.row);
    startNext();
}

/** Connects the page. `isTaken` says whether a file of a name is stored. */
export function connectUploads(isTaken) {
    const input = byId("file-input");
    byId("uploads-title").tabIndex = -1;
    input.addEventListener("change", () => {
        say(byId("upload-error"));
        const files = [...input.files];
        // So that choosing the same file again is a change again.
        input.value = "";
        add(files, isTaken);
    });
    connectDrop((files) => add(files, isTaken));
    byId("clear-uploads").addEventListener("click", () => {
        for (const item of [...queue]) {
            if (item.isPending) continue;
            queue.splice(queue.indexOf(item), 1);
            item.row.remove();
        }
        showQueue();
        input.focus();
    });
    events.addEventListener("connection-back", startNext);
    const warn = (event) => {
        event.preventDefault();
        event.returnValue = "";
    };
    // Only while something would be lost: such a listener keeps pages out of the browser's cache.
    uploads.addEventListener("change", () => {
        if (uploads.pending) window.addEventListener("beforeunload", warn);
        else window.removeEventListener("beforeunload", warn);
        showQueue();
    });
}
