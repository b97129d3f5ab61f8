// Who is logged in, which view is shown, and the forms of the account.
import { ApiError, ask, events } from "./api.js";
import { announce, byId, fillFacts, say } from "./dom.js";
import { closeDialog } from "./dialog.js";
import { connectFiles, filesView } from "./files.js";
import { clearPasswords, connectForm, passwordProblem, userPattern } from "./forms.js";
import { count, formatTime } from "./format.js";
import { blockView, connectLedger, ledgerView } from "./ledger.js";
import { connectNetwork, networkView } from "./network.js";
import { uploads } from "./upload.js";

const accountView = { title: "Account", show: showAccount, hide: clearPasswords, reset() {} };
const login = { title: "Log in", show() {}, hide: clearPasswords, reset() {} };
const register = { title: "Register", show() {}, hide: clearPasswords, reset() {} };
const views = {
    files: filesView, network: networkView, ledger: ledgerView, block: blockView,
    account: accountView, login, register,
};
const open = ["login", "register"];

/** `{ user, expires }`; null while nobody is logged in. */
let session = null;
let shown = null;
/** Where to go after logging in. */
let wanted = null;
let connectionTimer = null;
/** Whether the server has said who is logged in. */
let isSettled = false;

// MARK: Views

function route() {
    const [name, ...rest] = location.hash.replace(/^#\/?/, "").split("/");
    const isKnown = Object.hasOwn(views, name);
    if (!session && !open.includes(name)) {
        if (isKnown) wanted = location.hash;
        return location.replace("#/login");
    }
    if (!isKnown || (session && open.includes(name))) return location.replace("#/files");
    show(name, rest);
}

function show(name, rest) {
    const isFirst = shown === null;
    if (shown) views[shown].hide();
    shown = name;
    for (const other of Object.keys(views)) byId(`view-${other}`).hidden = other !== name;
    byId("starting").hidden = true;
    const isBlock = name === "block";
    for (const link of byId("nav").children) {
        const isCurrent = link.dataset.view === (isBlock ? "ledger" : name);
        if (isCurrent) link.setAttribute("aria-current", isBlock ? "true" : "page");
        else link.removeAttribute("aria-current");
    }
    const title = isBlock ? `Block ${rest[0]}` : views[name].title;
    document.title = `${title} · DecentraStore`;
    if (open.includes(name)) byId(`${name}-user`).focus();
    else if (!isFirst) {
        window.scrollTo(0, 0);
        byId(`view-${name}`).querySelector("h1").focus({ preventScroll: true });
    }
    views[name].show(rest);
}

// MARK: The session

function begin(account) {
    session = account;
    byId("user-name").textContent = account.user;
    byId("who").hidden = false;
    byId("nav").hidden = false;
    say(byId("login-notice"));
    const target = wanted ?? "#/files";
    wanted = null;
    if (location.hash === target) route();
    else location.hash = target;
}

/** Back to log-in, with a word about why. Nothing of the user stays on the page. */
function end(notice) {
    session = null;
    closeDialog();
    uploads.clear();
    if (shown) views[shown].hide();
    for (const view of Object.values(views)) view.reset();
    for (const form of document.forms) form.reset();
    byId("who").hidden = true;
    byId("nav").hidden = true;
    byId("user-name").textContent = "";
    say(byId("log-out-note"));
    say(byId("login-notice"), notice);
    shown = "login";
    if (location.hash === "#/login") route();
    else location.hash = "#/login";
}

function sessionEnded() {
    if (!session) return;
    if (!open.includes(shown)) wanted = location.hash;
    const stopped = uploads.stopAll("Your session ended.");
    end("Your session has ended. Log in again to go on."
        + (stopped ? ` ${count(stopped, "upload")} stopped.` : ""));
}

async function logOut() {
    if (uploads.pending) {
        explainLogOut();
        return announce(logOutNote());
    }
    try {
        await ask("POST", "/api/logout");
    } catch (error) {
        if (error.status !== 401) {
            say(byId("log-out-note"), `You are still logged in. ${error.message}`);
            return byId("log-out-note").classList.remove("hidden");
        }
    }
    wanted = null;
    end("You are logged out.");
}

const logOutNote = () =>
    `Logging out is off while ${count(uploads.pending, "upload")} ${uploads.pending === 1 ? "is" : "are"} under way: wait, or cancel first.`;

/** Shows why logging out is off. Only when it is wanted, or each upload would move the page. */
function explainLogOut() {
    if (uploads.pending) byId("log-out-note").classList.remove("hidden");
}

function showUploads() {
    const isBusy = uploads.pending > 0;
    // Not `disabled`: whoever comes by with the keyboard must hear why.
    byId("log-out").setAttribute("aria-disabled", String(isBusy));
    byId("log-out").title = isBusy ? logOutNote() : "";
    say(byId("log-out-note"), isBusy && session ? logOutNote() : "");
    if (!isBusy) byId("log-out-note").classList.add("hidden");
}

// MARK: Forms

async function logIn(user, password) {
    const answer = await ask("POST", "/api/login", { json: { user, password, cookie: true } });
    begin({ user: answer.user, expires: answer.expires });
}

function connectForms() {
    connectForm(
        byId("login-form"),
        ({ username, password }) =>
            !username ? ["username", "Type your user name."]
            : !password ? ["password", "Type your password."] : null,
        ({ username, password }) => logIn(username, password));
    connectForm(
        byId("register-form"),
        ({ username, password, again }) =>
            !userPattern.test(username)
                ? ["username", "A user name has 1 to 64 letters, digits, dots, hyphens and underscores."]
                : passwordProblem(password, again),
        async ({ username, password }) => {
            await ask("POST", "/api/register", { json: { user: username, password } });
            await logIn(username, password);
        });
    connectForm(
        byId("password-form"),
        ({ current, password, again }) => {
            say(byId("password-done"));
            return !current ? ["current", "Type your current password."] : passwordProblem(password, again);
        },
        async ({ current, password }) => {
            await ask("POST", "/api/password", { json: { current, new: password } });
            say(byId("password-done"), "Your password is changed. All your other sessions have ended.");
        });
}

function showAccount() {
    byId("password-user").value = session.user;
    fillFacts(byId("account-facts"), [
        ["User name", session.user],
        ["Session", `open on this device until ${formatTime(session.expires)}`],
    ]);
}

// MARK: Start

/** Asks who is logged in; another tab may have changed that. */
async function checkSession() {
    if (!session) return;
    try {
        const account = await ask("GET", "/api/account");
        if (session && account.user !== session.user) {
            uploads.stopAll("Another user has logged in.");
            end("Another user has logged in with this browser.");
        }
    } catch {
        // The connection's state and the session's end are told by events.
    }
}

async function start() {
    try {
        const account = await ask("GET", "/api/account");
        isSettled = true;
        if (account.session !== "open") throw new Error("a session without the key");
        wanted = location.hash || null;
        begin(account);
    } catch (error) {
        if (error.status === 401) isSettled = true;
        route();
        if (error instanceof ApiError && error.status !== 401) {
            say(byId("login-notice"), error.message);
        }
    }
}

function connectConnection() {
    const bar = byId("connection");
    events.addEventListener("connection-lost", () => {
        clearTimeout(connectionTimer);
        bar.dataset.state = "bad";
        say(bar, "No connection to the server. This page keeps trying.");
    });
    events.addEventListener("connection-back", () => {
        bar.dataset.state = "good";
        say(bar, "Connected again.");
        connectionTimer = setTimeout(() => say(bar), 4000);
        if (!session) return isSettled ? undefined : start();
        // Shows the view again without moving the focus.
        checkSession();
        const [, ...rest] = location.hash.replace(/^#\/?/, "").split("/");
        if (shown !== "account") views[shown].show(rest);
    });
    window.addEventListener("offline", () => ask("GET", "/health").catch(() => {}));
}

window.addEventListener("hashchange", route);
document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") checkSession();
});
events.addEventListener("session-ended", sessionEnded);
uploads.addEventListener("change", showUploads);
byId("log-out").addEventListener("click", logOut);
byId("log-out").addEventListener("focus", explainLogOut);
connectConnection();
connectForms();
connectFiles();
connectNetwork();
connectLedger();
start();
