// SPDX-License-Identifier: Apache-2.0
//
// Numbers and times for people.

export function bytes(count: number): string {
	if (count < 10_000) return `${count} B`;
	if (count < 10_000_000) return `${(count / 1024).toFixed(count < 100_000 ? 1 : 0)} KiB`;
	return `${(count / 1024 / 1024).toFixed(1)} MiB`;
}

/** @param text ISO 8601 */
export function moment(text: string | null | undefined): string {
	if (text === null || text === undefined) return "without a clock";
	return text.replace("T", " ").replace(/\.\d+Z$|Z$/, " UTC");
}

export function span(seconds: number): string {
	const days = Math.floor(seconds / 86400);
	const hours = Math.floor((seconds % 86400) / 3600);
	const minutes = Math.floor((seconds % 3600) / 60);
	if (days > 0) return `${days} d ${hours} h`;
	if (hours > 0) return `${hours} h ${minutes} min`;
	return minutes > 0 ? `${minutes} min ${Math.floor(seconds % 60)} s` : `${Math.floor(seconds)} s`;
}
