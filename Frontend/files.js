// The list of files.
import { ask } from "./api.js";
import { deleted, refreshDeleted, resetDeleted } from "./deleted.js";
import { announce, byId, element, say } from "./dom.js";
import { askUser } from "./dialog.js";
import { count, formatBytes, formatTime } from "./format.js";
import { connectUploads, uploads } from "./upload.js";

const pageSize = 100;
/** How many questions about redundancy are under way at once. */
const lookups = 4;

let files = [];
let isLoaded = false;
let shown = pageSize;
/** What is known of files' copies, by file id. */
let copies = new Map();
let waiting = [];
let underWay = 0;
/** Counts users, so that an answer to the one before is dropped. */
let generation = 0;

const observer = new IntersectionObserver((entries) => {
    for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        observer.unobserve(entry.target);
        waiting.push(entry.target);
        lookUp();
    }
}, { rootMargin: "200px" });

export const filesView = {
    title: "Files",
    show: refresh,
    hide() {},
    reset() {
        generation += 1;
        files = [];
        copies = new Map();
        waiting = [];
        isLoaded = false;
        shown = pageSize;
        byId("find-input").value = "";
        byId("file-list").replaceChildren();
        resetDeleted();
        for (const id of ["files-error", "upload-error", "files-summary"]) say(byId(id));
    },
};

export function connectFiles() {
    connectUploads((name) => files.some((file) => file.name === name));
    uploads.addEventListener("stored", () => refresh());
    deleted.addEventListener("put-back", () => refresh());
    byId("find-input").addEventListener("input", () => {
        shown = pageSize;
        render();
        byId("files-summary").textContent = summary(matching());
    });
    byId("more-files").addEventListener("click", () => {
        const first = shown;
        shown += pageSize;
        render();
        byId("file-list").children[first]?.querySelector("a")?.focus();
    });
}

async function refresh() {
    const asked = generation;
    refreshDeleted();
    try {
        const answer = await ask("GET", "/api/files");
        if (asked !== generation) return;
        files = answer.files;
        isLoaded = true;
        // What was known may have changed meanwhile.
        copies = new Map();
        say(byId("files-error"));
        render();
    } catch (error) {
        if (asked === generation && error.status !== 401) say(byId("files-error"), error.message);
    }
}

function matching() {
    const text = byId("find-input").value.trim().toLocaleLowerCase();
    return text ? files.filter((file) => file.name.toLocaleLowerCase().includes(text)) : files;
}

function summary(found) {
    const bytes = found.reduce((sum, file) => sum + file.size, 0);
    return found.length ? `${count(found.length, "file")}, ${formatBytes(bytes)}` : "";
}

function render() {
    if (!isLoaded) return;
    const found = matching();
    observer.disconnect();
    waiting = [];
    const opened = new Set(
        [...document.querySelectorAll("#file-list details[open]")].map((open) => open.dataset.file));
    const focused = document.activeElement?.closest("#file-list [data-key]")?.dataset.key;
    byId("file-list").replaceChildren(
        ...found.slice(0, shown).map((file) => row(file, opened.has(file.id))));
    if (focused) byId("file-list").querySelector(`[data-key="${focused}"]`)?.focus();
    byId("find").hidden = files.length < 8;
    byId("more-files").hidden = found.length <= shown;
    byId("files-summary").textContent = summary(found);
    byId("files-empty").hidden = found.length > 0;
    byId("files-empty").textContent = files.length
        ? "No file has such a name."
        : "Nothing is stored yet. What you upload is sealed, cut into chunks and spread over the network.";
}

function row(file, isOpen) {
    const copiesText = element("span", { class: "state", "data-file": file.id }, "");
    if (file.redundancy) copies.set(file.id, file.redundancy);
    if (copies.has(file.id)) showCopies(copiesText, copies.get(file.id));
    else observer.observe(copiesText);
    return element(
        "li", {},
        element("div", { class: "file" },
            element("p", { class: "name" }, file.name),
            element("p", { class: "meta" },
                element("span", { class: "size" }, formatBytes(file.size)),
                element("time", { datetime: file.created }, formatTime(file.created)), copiesText),
            element("p", { class: "buttons" },
                element("a", {
                    class: "button", href: `/api/files/${file.id}/content`, download: file.name,
                    "aria-label": `Download ${file.name}`, "data-key": `${file.id}-download`,
                }, "Download"),
                element("button", {
                    type: "button", class: "quiet danger", "aria-label": `Delete ${file.name}`,
                    "data-key": `${file.id}-delete`, click: () => remove(file),
                }, "Delete"))),
        element("details", { "data-file": file.id, open: isOpen },
            element("summary", { "data-key": `${file.id}-details` }, "Details",
                element("span", { class: "hidden" }, ` of ${file.name}`)),
            element("dl", { class: "details" },
                ...[["SHA-256", file.sha256], ["File id", file.id], ["Size", count(file.size, "byte")],
                    ["Chunks", `${count(file.chunks, "chunk")} of up to ${formatBytes(file.chunkSize)}`],
                ].map(([term, what]) => element(
                    "div", {}, element("dt", {}, term), element("dd", {}, what))))));
}

async function lookUp() {
    if (underWay >= lookups) return;
    const place = waiting.shift();
    if (!place) return;
    const asked = generation;
    underWay += 1;
    try {
        const { redundancy } = await ask("GET", `/api/files/${place.dataset.file}`);
        if (asked === generation && redundancy) {
            copies.set(place.dataset.file, redundancy);
            showCopies(place, redundancy);
        }
    } catch {
        // The list itself says what is wrong; a file that is gone leaves it with the next refresh.
    }
    underWay -= 1;
    lookUp();
}

function showCopies(place, { least, target }) {
    place.textContent = least === 0
        ? "out of reach" : `${least} of ${count(target, "copy", "copies")}`;
    place.dataset.state = least >= target ? "good" : least === 0 ? "bad" : "fair";
    place.title = least === 0
        ? "At least one chunk has no copy that can be reached now."
        : `Every chunk has at least ${count(least, "copy", "copies")} that can be reached.`;
}

async function remove(file) {
    const { choice } = await askUser({
        title: "Delete the file?",
        text: `“${file.name}”, ${formatBytes(file.size)}, is kept for a few days, while there is room, and can be put back.`,
        options: [
            { choice: "delete", label: "Delete", kind: "danger" },
            { choice: "cancel", label: "Keep it" },
        ],
    });
    if (choice !== "delete") return;
    try {
        await ask("DELETE", `/api/files/${file.id}`);
        announce(`${file.name} is deleted`);
        say(byId("files-error"));
    } catch (error) {
        say(byId("files-error"), `“${file.name}” was not deleted. ${error.message}`);
        return;
    }
    await refresh();
    byId("stored-title").tabIndex = -1;
    byId("stored-title").focus();
}
