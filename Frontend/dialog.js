// Questions that must be answered before something goes on.
import { byId, element } from "./dom.js";

let last = Promise.resolve();

/**
 * Asks, and resolves with `{ choice, forAll }`. `options` are `{ choice, label, kind }`, the safe one
 * last; Escape is "cancel". `forAll` labels a checkbox that applies the answer to others. Questions
 * wait for each other.
 */
export function askUser(question) {
    const answer = last.then(() => show(question));
    last = answer;
    return answer;
}

/** Answers an open question with "cancel". */
export function closeDialog() {
    const dialog = byId("dialog");
    if (dialog.open) dialog.close("cancel");
}

function show({ title, text, options, forAll }) {
    const dialog = byId("dialog");
    byId("dialog-title").textContent = title;
    byId("dialog-text").textContent = text;
    byId("dialog-check").hidden = !forAll;
    byId("dialog-all").checked = false;
    byId("dialog-check").querySelector("label").textContent = forAll ?? "";
    byId("dialog-buttons").replaceChildren(
        ...options.map(({ choice, label, kind }) =>
            element(
                "button", { type: "button", class: kind, click: () => dialog.close(choice) }, label)));
    dialog.returnValue = "cancel";
    dialog.showModal();
    byId("dialog-buttons").lastElementChild.focus();
    return new Promise((done) =>
        dialog.addEventListener(
            "close",
            () => done({
                choice: dialog.returnValue || "cancel", forAll: byId("dialog-all").checked,
            }),
            { once: true }));
}
