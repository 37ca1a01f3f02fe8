// SPDX-License-Identifier: Apache-2.0
//
// One line that shows how far a job is.

function amount(bytes: number): string {
	return bytes >= 1024 * 1024 ? `${(bytes / (1024 * 1024)).toFixed(1)} MB` : `${Math.ceil(bytes / 1024)} KB`;
}

/**
 * @param total bytes in all, 0 when unknown
 * @param width columns of the whole line
 */
export function progressBar(label: string, done: number, total: number, width: number): string {
	const head = label.padEnd(10);
	if (total <= 0) return `${head} ${amount(done)}`;
	const share = Math.min(1, done / total);
	const tail = ` ${String(Math.floor(share * 100)).padStart(3)} %  ${amount(done)} of ${amount(total)}`;
	const columns = Math.max(8, width - head.length - tail.length - 2);
	const full = Math.floor(share * columns);
	return `${head}[${"#".repeat(full)}${".".repeat(columns - full)}]${tail}`;
}
