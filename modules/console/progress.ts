// SPDX-License-Identifier: Apache-2.0
//
// One line that shows how far a job is.

/** Columns of a bar below which it says nothing. */
const leastBar = 8;

function amount(bytes: number): string {
	return bytes >= 1024 * 1024 ? `${(bytes / (1024 * 1024)).toFixed(1)} MB` : `${Math.ceil(bytes / 1024)} KB`;
}

/** @returns the longest line that fits: parts are given up from the right, at the end the label is cut */
function fit(width: number, lines: string[]): string {
	return lines.find((line) => line.length <= width) ?? lines[lines.length - 1].slice(0, Math.max(0, width));
}

/**
 * @param label any length
 * @param total bytes in all, 0 when unknown
 * @param width columns of the whole line, which is never longer
 */
export function progressBar(label: string, done: number, total: number, width: number): string {
	const head = label.padEnd(10);
	if (total <= 0) return fit(width, [`${head} ${amount(done)}`, label]);
	const share = Math.min(1, Math.max(0, done / total));
	const percent = `${String(Math.floor(share * 100)).padStart(3)} %`;
	const amounts = `${percent}  ${amount(done)} of ${amount(total)}`;
	const columns = width - head.length - amounts.length - 4;
	if (columns < leastBar) return fit(width, [`${head} ${amounts}`, `${head} ${percent}`, `${label} ${percent}`, label]);
	const full = Math.floor(share * columns);
	return `${head} [${"#".repeat(full)}${".".repeat(columns - full)}] ${amounts}`;
}
