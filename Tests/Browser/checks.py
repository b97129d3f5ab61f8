"""Checks of what every view must keep to: names, contrast, no sideways scrolling."""

STRUCTURE = """
const problems = [];
const visible = (e) => e.checkVisibility({visibilityProperty: true});
const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
for (const id of new Set(ids)) {
    if (ids.filter((other) => other === id).length > 1) problems.push(`the id ${id} is used twice`);
}
for (const name of ["aria-describedby", "aria-labelledby"]) {
    for (const e of document.querySelectorAll(`[${name}]`)) {
        if (!document.getElementById(e.getAttribute(name))) problems.push(`${e.id}: ${name} of nothing`);
    }
}
for (const e of document.querySelectorAll("img")) {
    if (!e.hasAttribute("alt")) problems.push(`a picture without alt: ${e.src}`);
}
for (const e of document.querySelectorAll("input")) {
    if (visible(e) && !e.labels.length && !e.hasAttribute("aria-label")) {
        problems.push(`the input ${e.id} has no label`);
    }
}
const titles = [...document.querySelectorAll("h1")].filter(visible);
if (titles.length !== 1) problems.push(`${titles.length} h1 are visible`);
if (document.documentElement.lang !== "en") problems.push("the language is not told");
if (!document.title.includes(titles[0]?.textContent)) problems.push(`titled ${document.title}`);
if (document.querySelector("[style]:not(.track span)")) problems.push("an inline style");
const { scrollWidth } = document.documentElement;
if (scrollWidth > window.innerWidth) {
    problems.push(`scrolls sideways: ${scrollWidth} of ${window.innerWidth} px`);
}
return problems;
"""

# WCAG 2.2, success criterion 1.4.3, for every piece of text that is visible.
CONTRAST = """
const parse = (text) => {
    const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
    return {r, g, b, a};
};
const luminance = ({r, g, b}) => {
    const [x, y, z] = [r, g, b].map((v) => v / 255)
        .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
};
const background = (e) => {
    for (; e; e = e.parentElement) {
        const colour = parse(getComputedStyle(e).backgroundColor);
        if (colour.a === 1) return colour;
        if (colour.a > 0) throw new Error("a translucent background");
    }
    return {r: 255, g: 255, b: 255};
};
const problems = new Set();
let least = 21;
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !e.checkVisibility() || e.closest(".hidden, script, .skip")) {
        continue;
    }
    const style = getComputedStyle(e);
    const [a, b] = [luminance(parse(style.color)), luminance(background(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    least = Math.min(least, ratio);
    if (ratio < (isLarge ? 3 : 4.5)) {
        problems.add(`contrast ${ratio.toFixed(2)}: ${walker.currentNode.data.trim().slice(0, 40)}`);
    }
}
return [[...problems], least];
"""

# An open question makes everything behind it unreachable.
INTERACTIVE = """
const root = document.querySelector("dialog[open]") ?? document;
return [...root.querySelectorAll("button, a, input, summary, progress")]
    .filter((e) => e.checkVisibility());
"""


def check_view(browser):
    """What is wrong with the view that is shown, and the least contrast in it."""
    problems = browser.run(STRUCTURE)
    contrast, least = browser.run(CONTRAST)
    problems += contrast
    for reference in browser.run(INTERACTIVE):
        path = f"/element/{next(iter(reference.values()))}"
        if not browser.command("GET", f"{path}/computedlabel"):
            html = browser.command("GET", f"{path}/property/outerHTML")
            problems.append(f"no accessible name: {html[:80]}")
    return problems, least


def unexpected(log, allowed):
    """The entries of the console's log that no step asked for.

    A refused request is told as an error by the browser. `allowed` are the endings of such messages:
    a status, or the name of a network error.
    """
    return [
        f"{entry['level']} {entry['source']}: {entry['message']}" for entry in log
        if entry["level"] in ("WARNING", "SEVERE")
        and not (entry["source"] == "network" and any(a in entry["message"] for a in allowed))]
