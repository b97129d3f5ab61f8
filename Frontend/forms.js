// What the forms of the account have in common.
import { byId, say } from "./dom.js";

export const userPattern = /^[A-Za-z0-9._-]{1,64}$/;

/** The field and what is wrong with a password that is to be set; null where nothing is. */
export function passwordProblem(password, again) {
    const bytes = new TextEncoder().encode(password.normalize("NFC")).length;
    if (bytes < 8) return ["password", "A password needs at least 8 characters."];
    if (bytes > 1024) return ["password", "This password is too long: 1024 bytes are the most."];
    if (password !== again) return ["again", "The two passwords differ. Type the same one twice."];
    return null;
}

/**
 * Connects a form: `check` names a field and what is wrong with it, or null; `submit` throws what the
 * server says. Both get the form's values.
 */
export function connectForm(form, check, submit) {
    const error = form.querySelector(".error");
    const button = form.querySelector("button");
    error.id = `${form.id}-error`;
    const mark = (field) => {
        for (const input of form.querySelectorAll("input")) {
            input.toggleAttribute("aria-invalid", false);
            if (input.name === field) {
                input.setAttribute("aria-invalid", "true");
                input.focus();
            }
        }
    };
    form.addEventListener("submit", async (event) => {
        event.preventDefault();
        if (button.getAttribute("aria-disabled") === "true") return;
        const values = Object.fromEntries(new FormData(form));
        const problem = check(values);
        say(error, problem?.[1]);
        mark(problem?.[0]);
        if (problem) return;
        button.setAttribute("aria-disabled", "true");
        form.setAttribute("aria-busy", "true");
        try {
            await submit(values);
            form.reset();
        } catch (refused) {
            say(error, refused.message);
        }
        button.removeAttribute("aria-disabled");
        form.removeAttribute("aria-busy");
    });
}

/** No password stays in a form that is no longer shown. */
export function clearPasswords() {
    for (const input of document.querySelectorAll("input[type=password]")) {
        input.value = "";
        input.removeAttribute("aria-invalid");
    }
    for (const error of document.querySelectorAll("form .error")) say(error);
    say(byId("password-done"));
}
