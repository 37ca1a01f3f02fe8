// SPDX-License-Identifier: Apache-2.0
//
// The rows that benchmarks give and how they are printed.

export interface Row {
	what: string;
	ours: number;
	/** The same by others, in the same run; `undefined` where there is nobody to compare with. */
	peer?: number;
	/** Who that is. */
	by?: string;
	unit: string;
	/** What the design asks for: of the ratio where `of` says so, else of our figure. */
	target?: { most?: number; least?: number; of?: "ratio" };
}

/** Three significant digits. */
export function short(value: number): string {
	if (value === 0) return "0";
	const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
	return value.toFixed(digits);
}

function targetText({ target }: Row): string {
	if (target === undefined) return "";
	const of = target.of === "ratio" ? "ratio " : "";
	return target.most === undefined ? `${of}>= ${target.least}` : `${of}<= ${target.most}`;
}

/** @returns whether the target is met; `undefined` without one */
export function isMet(row: Row): boolean | undefined {
	const { target, ours, peer } = row;
	if (target === undefined) return undefined;
	const value = target.of === "ratio" && peer !== undefined ? ours / peer : ours;
	return target.most === undefined ? value >= (target.least ?? 0) : value <= target.most;
}

/** Markdown, as the README has it. */
export function tableText(rows: readonly Row[]): string {
	const cells = rows.map((row) => {
		const ratio = row.peer === undefined ? "" : (row.ours / row.peer).toFixed(2);
		const peer = row.peer === undefined ? "" : `${short(row.peer)} (${row.by ?? ""})`;
		const met = isMet(row);
		const verdict = met === undefined ? "" : met ? "met" : "missed";
		return [`${row.what}, ${row.unit}`, short(row.ours), peer, ratio, targetText(row), verdict];
	});
	const all = [
		["what", "upgate", "peer", "ratio", "target", ""],
		["---", "---:", "---:", "---:", "---", "---"],
		...cells,
	];
	return all.map((line) => `| ${line.join(" | ")} |`).join("\n");
}
