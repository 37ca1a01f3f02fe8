// SPDX-License-Identifier: Apache-2.0
//
// The commands of the gateway: `show ...`, `update`, `reset`; those for parameters, certificates and firmware stand in files of their own.

import type { Board, Memory, MemoryUse } from "../ecma419/board.js";
import type { UpdateStatus } from "../update/status.js";
import { certificateTable, type CertificatePorts } from "./certificate-commands.js";
import { commandTable, placed } from "./command-table.js";
import type { Command } from "./commands.js";
import { firmwareTable, type FirmwarePorts } from "./firmware-commands.js";
import { needSaved, settingsTable, type SettingsPorts, shown } from "./settings-commands.js";

export interface GatewayPorts extends CertificatePorts, SettingsPorts, FirmwarePorts {
	board: Board;
	update: FirmwarePorts["update"] & {
		trigger(cause: "console"): unknown;
		status(): UpdateStatus;
	};
	/** What is known of one attempt of the update. Throws CommandError for a number that it does not know. */
	attempt: (number: string) => Iterable<string>;
	/** Heap of those who listen, one line for each. */
	listeners: () => Iterable<string>;
	/** Restarts the gateway; the reason is for the log. */
	restart: (reason: string) => void;
}

function* showVersion({ board, settings }: GatewayPorts): Iterable<string> {
	const { name, version, secureVersion, builtMs, sha256 } = board.application;
	const mac = Array.from(board.mac, (byte) => byte.toString(16).padStart(2, "0")).join(":");
	yield `model           ${name}`;
	yield `version         ${version}`;
	yield `secure version  ${secureVersion}`;
	yield `built           ${new Date(builtMs).toISOString()}`;
	yield `program SHA-256 ${sha256}`;
	yield `running slot    ota_${board.runningSlot}`;
	yield `MAC address     ${mac}`;
	if (!settings.flag("AUPDVerifySignature")) yield "signatures      NOT verified (AUPDVerifySignature = 0)";
	yield `last reset      ${board.resetReason}`;
}

function* showClock({ board }: GatewayPorts): Iterable<string> {
	const now = board.clock.now();
	yield `time    ${now === undefined ? "not set" : new Date(now).toISOString()}`;
	yield `source  ${board.clock.source}`;
	yield `up      ${Math.floor(board.clock.ticks() / 1000)} s`;
}

const memoryRows: readonly [keyof Memory, string][] = Object.freeze([
	["slots", "slots"],
	["chunks", "chunks"],
	["stack", "stack"],
	["native", "native heap"],
]);

function memoryLine(label: string, use: MemoryUse): string {
	const figures = [use.now, use.peak].map((value) => String(value).padStart(10)).join("");
	return `${label.padEnd(12)}${figures}${(use.size > 0 ? String(use.size) : "-").padStart(10)}`;
}

function* showMemory({ board, listeners }: GatewayPorts): Iterable<string> {
	const memory = board.memory();
	yield "bytes              now      peak      size";
	for (const [key, label] of memoryRows) yield memoryLine(label, memory[key]);
	yield "listeners: bytes of slots and chunks";
	yield* listeners();
}

function* showSettings({ settings }: GatewayPorts, filter: string | undefined): Iterable<string> {
	const wanted = filter?.toLowerCase();
	let count = 0;
	for (const { name, text, isDefault, parameter } of settings.entries()) {
		if (wanted === undefined ? isDefault : !name.toLowerCase().includes(wanted)) continue;
		const unit = parameter.unit === "" ? "" : ` ${parameter.unit}`;
		yield `${name.padEnd(28)} ${shown(text)}${unit}${isDefault ? "  (default)" : ""}`;
		count++;
	}
	if (count === 0)
		yield wanted === undefined ? "all parameters are at their defaults" : `no parameter matches ${filter}`;
	else if (wanted === undefined) yield "the others are at their defaults; show settings WORD lists all with WORD in it";
}

/** What the automatic update does, did, and will do next. */
export function* showUpdate(status: UpdateStatus, board: Pick<Board, "clock">): Iterable<string> {
	const causes = status.causes.length > 0 ? ` (${status.causes.join(", ")})` : "";
	yield `state         ${status.phase}${causes}`;
	if (status.file !== undefined) {
		const total = status.total === undefined ? "" : ` of ${status.total}`;
		yield `file          ${status.file}, ${status.done}${total} bytes`;
	}
	if (status.waitsForLines === true) yield "lines         calls are waited for; show lines";
	if (status.queued) yield "queued        one more run follows";
	if (status.trial) yield "trial         this firmware is not confirmed yet";
	if (status.crashes > 0) yield `crashes       ${status.crashes} without an update that came to its end since`;
	const last = status.last;
	if (last === undefined) yield "last result   none since start";
	else yield `last result   ${last.verdict} (${last.version}): ${last.reason}`;
	if (status.next !== undefined) {
		const seconds = Math.max(0, Math.round((status.next - board.clock.ticks()) / 1000));
		yield `next          in ${seconds} s`;
	}
	for (const note of status.notes ?? []) yield `note          ${note}`;
}

function* update(ports: GatewayPorts): Iterable<string> {
	ports.update.trigger("console");
	yield "update requested";
}

function* reset(ports: GatewayPorts): Iterable<string> {
	needSaved(ports.candidate);
	yield "restarting";
	ports.restart("console");
}

const showTable = commandTable<GatewayPorts>(
	{
		words: "show version",
		usage: "",
		help: "model, version, slot, addresses",
		anywhere: true,
		run: showVersion,
	},
	{
		words: "show update",
		usage: "[NUMBER]",
		help: "what the automatic update does, or did then",
		anywhere: true,
		run: ({ update, board, attempt }, [number]) =>
			number === undefined ? showUpdate(update.status(), board) : attempt(number),
	},
	{
		words: "show settings",
		usage: "[WORD]",
		help: "parameters set, or all with WORD in the name",
		anywhere: true,
		run: (ports, [word]) => showSettings(ports, word),
	},
	{
		words: "show slots",
		usage: "",
		help: "firmware slots and which one starts",
		anywhere: true,
		run: (ports) => ports.slots(),
	},
	{
		words: "show memory",
		usage: "",
		help: "heap now and at its peak; that of each listener",
		anywhere: true,
		run: showMemory,
	},
	{
		words: "show clock",
		usage: "",
		help: "time, its source, time since start",
		anywhere: true,
		run: showClock,
	},
);

const table = commandTable<GatewayPorts>(
	...showTable,
	...settingsTable,
	...certificateTable,
	...firmwareTable,
	{ words: "update", usage: "", help: "run the automatic update now", run: update },
	{ words: "update now", usage: "", help: "run the automatic update now", run: update },
	{ words: "reset", usage: "", help: "restart the gateway", run: reset },
);

export function gatewayCommands(ports: GatewayPorts): Iterable<Command> {
	return placed(table, ports);
}
