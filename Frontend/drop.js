// The area that files are dropped on.
import { byId, say } from "./dom.js";

/** The files of a drop; folders, which cannot be read as files, are named in `folders`. */
function filesOf(transfer) {
    const folders = [];
    const files = [];
    for (const item of transfer.items) {
        if (item.kind !== "file") continue;
        const entry = item.webkitGetAsEntry?.();
        if (entry?.isDirectory) folders.push(entry.name);
        else files.push(item.getAsFile());
    }
    return { files: files.filter(Boolean), folders };
}

/** Connects the area; `take` is handed the files of each drop. */
export function connectDrop(take) {
    const drop = byId("drop");
    const error = byId("upload-error");
    let depth = 0;
    const mark = (by) => {
        depth = Math.max(0, depth + by);
        drop.classList.toggle("over", depth > 0);
    };
    drop.addEventListener("dragenter", () => mark(1));
    drop.addEventListener("dragleave", () => mark(-1));
    drop.addEventListener("drop", (event) => {
        mark(-depth);
        const { files, folders } = filesOf(event.dataTransfer);
        say(error, folders.length
            ? `Folders cannot be uploaded: open “${folders[0]}” and drop the files that are in it.`
            : files.length ? "" : "That was no file. Drop files from a folder of this device.");
        take(files);
    });
    // A drop beside the area must not replace the page by the file.
    for (const name of ["dragover", "drop"]) {
        document.addEventListener(name, (event) => event.preventDefault());
    }
}
