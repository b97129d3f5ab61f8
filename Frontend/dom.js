// Small helpers to build and change the page. Text always goes in as text, never as markup.

export const byId = (id) => document.getElementById(id);

/**
 * Makes an element. A property that is a function becomes a listener ("click"), `class` and other
 * attributes are set as they are named; null and false leave an attribute out. Children are nodes or
 * text; null leaves one out.
 */
export function element(tag, properties = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
        if (typeof value === "function") made.addEventListener(name, value);
        else if (value === true) made.setAttribute(name, "");
        else if (value !== null && value !== undefined && value !== false) {
            made.setAttribute(name, value);
        }
    }
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
}

/** Fills a description list from [term, what] pairs; `what` is text or a node. */
export function fillFacts(list, facts) {
    list.replaceChildren(
        ...facts.map(([term, what]) =>
            element("div", {}, element("dt", {}, term), element("dd", {}, what))));
}

/** A cell whose column's name also shows when the table is stacked on a narrow screen. */
export function cell(label, ...children) {
    return element("td", { role: "cell", "data-label": label }, ...children);
}

/** Restores the roles that browsers drop from a table that is laid out as blocks. */
export function keepTableRoles(table) {
    table.setAttribute("role", "table");
    for (const part of table.querySelectorAll("thead, tbody")) part.setAttribute("role", "rowgroup");
    for (const row of table.querySelectorAll("tr")) row.setAttribute("role", "row");
    for (const head of table.querySelectorAll("th")) head.setAttribute("role", "columnheader");
}

/** Says something to those who listen to the page instead of looking at it. */
export function announce(text) {
    byId("announcer").textContent = text;
}

/** Shows a text near where it belongs, or clears it when there is none. */
export function say(place, text = "") {
    place.textContent = text;
    if (place.classList.contains("bar") || place.classList.contains("notice")) place.hidden = !text;
}

/** A hash or a key. */
export const mono = (text) => element("span", { class: "mono" }, text ?? "none");
