// What was deleted lately, and can be put back.
import { ask } from "./api.js";
import { announce, byId, element, say } from "./dom.js";
import { count, formatBytes, formatTime } from "./format.js";

/** Tells "put-back". */
export const deleted = new EventTarget();

/** Counts users, so that an answer to the one before is dropped. */
let generation = 0;

export function resetDeleted() {
    generation += 1;
    render([]);
    byId("deleted").open = false;
    say(byId("deleted-error"));
}

export async function refreshDeleted() {
    const asked = generation;
    try {
        const { files } = await ask("GET", "/api/files?deleted=true");
        if (asked === generation) render(files);
    } catch (error) {
        if (asked === generation && error.status !== 401) say(byId("deleted-error"), error.message);
    }
}

function render(files) {
    byId("deleted").hidden = files.length === 0;
    byId("deleted-title").textContent = `Deleted lately: ${count(files.length, "file")}`;
    byId("deleted-list").replaceChildren(...files.map(row));
}

function row(file) {
    return element(
        "li", { class: "file" },
        element("p", { class: "name" }, file.name),
        element("p", { class: "meta" },
            element("span", { class: "size" }, formatBytes(file.size)),
            element("time", { datetime: file.created }, `deleted ${formatTime(file.created)}`)),
        element("p", { class: "buttons" },
            element("button", {
                type: "button", class: "quiet", "aria-label": `Put ${file.name} back`,
                click: () => putBack(file),
            }, "Put back")));
}

async function putBack(file) {
    try {
        await ask("POST", `/api/files/${file.id}/undelete`);
        announce(`${file.name} is back`);
        say(byId("deleted-error"));
    } catch (error) {
        say(byId("deleted-error"), `“${file.name}” was not put back. ${error.message}`);
        return;
    }
    deleted.dispatchEvent(new Event("put-back"));
    byId("stored-title").tabIndex = -1;
    byId("stored-title").focus();
}
