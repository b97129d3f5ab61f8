// What the backend knows of the network.
import { ask } from "./api.js";
import { byId, cell, element, fillFacts, keepTableRoles, say } from "./dom.js";
import { count, formatAge, formatBytes, formatClock, formatDuration, formatNumber } from "./format.js";

const refreshMilliseconds = 3000;
let timer = null;
let isShown = false;
/** Counts showings, so that an answer that comes too late is dropped. */
let generation = 0;

export const networkView = {
    title: "Network",
    show() {
        isShown = true;
        generation += 1;
        return refresh();
    },
    hide() {
        isShown = false;
        generation += 1;
        clearTimeout(timer);
    },
    reset() {
        byId("network-body").hidden = true;
        say(byId("network-error"));
        say(byId("network-updated"));
    },
};

export function connectNetwork() {
    document.addEventListener("visibilitychange", () => {
        if (isShown && document.visibilityState === "visible") networkView.show();
    });
}

async function refresh() {
    const asked = generation;
    clearTimeout(timer);
    try {
        const network = await ask("GET", "/api/network");
        if (asked !== generation) return;
        say(byId("network-error"));
        render(network);
        byId("network-updated").textContent = `As of ${formatClock(Date.now())}`;
    } catch (error) {
        if (asked !== generation || error.status === 401) return;
        say(byId("network-error"), error.message);
    }
    if (isShown && document.visibilityState === "visible") {
        timer = setTimeout(refresh, refreshMilliseconds);
    }
}

const health = {
    alive: ["good", "alive"], suspect: ["fair", "suspect"], dead: ["bad", "dead"],
    doubted: ["bad", "meets no challenge"], draining: ["fair", "handing over"], left: ["none", "has left"],
};

function state(kind, text) {
    return element("span", { class: "state", "data-state": kind }, text);
}

function render(network) {
    const alive = network.nodes.filter((node) => node.status === "alive");
    const sum = (nodes, key) => nodes.reduce((total, node) => total + (node[key] ?? 0), 0);
    const { waiting, underWay } = network.repair;
    fillFacts(byId("network-facts"), [
        ["Nodes alive", `${formatNumber(alive.length)} of ${formatNumber(network.nodes.length)}`],
        ["Free space",
            `${formatBytes(sum(alive, "freeBytes"))} of ${formatBytes(sum(alive, "capacityBytes"))}`],
        ["Repair", waiting || underWay
            ? state("fair", `${formatNumber(underWay)} under way, ${formatNumber(waiting)} waiting`)
            : state("good", "nothing to do")],
        ["Ledger",
            `${count(network.ledger.blocks, "block")}, ${count(network.ledger.records, "record")}`],
    ]);
    renderCopies(network.redundancy);
    byId("nodes-empty").hidden = network.nodes.length > 0;
    byId("nodes").hidden = network.nodes.length === 0;
    byId("nodes").tBodies[0].replaceChildren(...network.nodes.map(nodeRow));
    keepTableRoles(byId("nodes"));
    byId("discoveries-empty").hidden = network.discoveries.length > 0;
    byId("discoveries").replaceChildren(
        ...network.discoveries.map(({ url, isAnswering }) => element(
            "li", {}, element("span", { class: "mono" }, url),
            isAnswering ? state("good", "answers") : state("bad", "does not answer"))));
    byId("network-body").hidden = false;
}

function renderCopies({ target, chunksByReplicas }) {
    const total = chunksByReplicas.reduce((sum, chunks) => sum + chunks, 0);
    byId("copies-text").textContent = total
        ? `${count(total, "chunk")}; each should have ${count(target, "copy", "copies")}.`
        : `No chunk is stored yet. Each will have ${count(target, "copy", "copies")}.`;
    // An empty class says nothing, but what is at its target is shown even when that is nothing.
    byId("copies").replaceChildren(
        ...[...chunksByReplicas.entries()]
            .filter(([replicas, chunks]) => total && (chunks || replicas === target))
            .map(([replicas, chunks]) => {
                const fill = element("span", {
                    "data-state": replicas >= target ? "good" : replicas === 0 ? "bad" : "fair",
                });
                // Through the object model, which the content security policy allows.
                fill.style.width = `${(100 * chunks) / total}%`;
                return element(
                    "li", {}, element("span", { class: "label" }, count(replicas, "copy", "copies")),
                    element("span", { class: "track", "aria-hidden": "true" }, fill),
                    element("span", { class: "value" }, count(chunks, "chunk")));
            }));
}

/** A line on a clock that differs from the backend's by more than answers travel. */
function clockNote(aheadMilliseconds) {
    if (!(Math.abs(aheadMilliseconds) >= 1000)) return null;
    const difference = formatDuration(Math.abs(aheadMilliseconds) / 1000);
    return element(
        "span", { class: "sub" }, `clock ${difference} ${aheadMilliseconds > 0 ? "ahead" : "behind"}`);
}

function nodeRow(node) {
    const [kind, text] = health[node.status] ?? ["none", node.status];
    return element(
        "tr", {},
        cell("Node", element("span", { class: "mono" }, node.id),
            node.address ? element("span", { class: "sub" }, node.address) : null),
        cell("Health", state(kind, text)),
        cell("Free", `${formatBytes(node.freeBytes)} of ${formatBytes(node.capacityBytes)}`),
        cell("Chunks", formatNumber(node.chunks)),
        cell("Domain", String(node.domain ?? "unknown")),
        cell("Last seen", node.lastSeen
            ? element("time", { datetime: node.lastSeen }, formatAge(node.lastSeen)) : "never",
            clockNote(node.clockAheadMilliseconds)));
}
