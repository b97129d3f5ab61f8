// Numbers, sizes and times as people read them.

const number = new Intl.NumberFormat("en");
const exactTime = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

export const formatNumber = (value) => number.format(value);
export const formatTime = (time) => dateTime.format(new Date(time));
export const formatExactTime = (time) => exactTime.format(new Date(time));
export const formatClock = (time) => clock.format(new Date(time));

/** "1 block", "2 blocks". */
export const count = (value, one, many = one + "s") =>
    `${formatNumber(value)} ${value === 1 ? one : many}`;

/** Bytes in binary units with three digits that count: "1.21 MiB". */
export function formatBytes(bytes) {
    if (bytes < 1024) return count(bytes, "byte");
    const units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let value = bytes;
    let unit = -1;
    // Not 1024, so that 1023.9 KiB becomes 1.00 MiB and not 1024 KiB.
    while (value >= 999.5 && unit < units.length - 1) {
        value /= 1024;
        unit += 1;
    }
    const digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    return `${value.toFixed(digits)} ${units[unit]}`;
}

/** Seconds as "8 s", "3 min", "2 h". */
export function formatDuration(seconds) {
    if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
    if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
    if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)} h`;
    return `${Math.round(seconds / 86400)} d`;
}

/** How long ago something was, by this device's clock. */
export function formatAge(time, now = Date.now()) {
    const seconds = (now - new Date(time).getTime()) / 1000;
    return seconds < 1.5 ? "just now" : `${formatDuration(seconds)} ago`;
}
