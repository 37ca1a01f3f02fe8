// SPDX-License-Identifier: Apache-2.0
//
// The commands `firmware ...`: slots, the boot choice by hand, and firmware over this line for a gateway without network.

import { describeError } from "../update/error.js";
import { commandTable } from "./command-table.js";
import type { FileSource, IncomingFile } from "./commands.js";
import { CommandError } from "./error.js";
import { needSaved, refusal, type SettingsPorts } from "./settings-commands.js";

export interface FirmwarePorts extends Pick<SettingsPorts, "candidate"> {
	/** One line per firmware slot. */
	slots: () => Iterable<string>;
	update: {
		/** The boot choice by hand; what comes of it is told as an event. Throws errors for people. */
		firmware: {
			switch(): void;
			confirm(): void;
			rollback(): void;
		};
		/** Takes an image into the idle slot, and restarts with it on trial. Throws errors for people, some before the first `read`. */
		upload(source: FileSource, cause: "console"): Promise<{ version: string; slot: number }>;
	};
}

/** Images are as long as a multiple of this, bytes: ESP-IDF, "App image format", checksum and hash. */
const imageMultiple = 16;

/** @param action throws what is the operator's, as settings do */
function* byHand(action: () => void, told: string): Iterable<string> {
	try {
		action();
	} catch (error) {
		throw refusal(error);
	}
	yield told;
}

async function receive({ update }: FirmwarePorts, source: FileSource): Promise<Iterable<string>> {
	try {
		const { version, slot } = await update.upload(source, "console");
		return [`version ${version} is in slot ${slot}: the gateway restarts with it, on trial`];
	} catch (error) {
		const { code, reason } = describeError(error);
		throw new CommandError("CONSOLE_REFUSED", `${reason} (${code}); what runs stays`);
	}
}

function load(ports: FirmwarePorts): IncomingFile {
	needSaved(ports.candidate);
	return {
		invitation: "send the firmware by XMODEM now: it is checked as one that is fetched; ctrl-c cancels",
		multipleOf: imageMultiple,
		receive: (source) => receive(ports, source),
	};
}

export const firmwareTable = commandTable<FirmwarePorts>(
	{ words: "firmware list", usage: "", help: "the same as show slots", run: (ports) => ports.slots() },
	{
		words: "firmware load xmodem",
		usage: "",
		help: "take firmware over this line, and restart with it",
		run: load,
	},
	{
		words: "firmware switch",
		usage: "",
		help: "start the other slot's firmware, on trial",
		run: ({ update }) => byHand(() => update.firmware.switch(), "the firmware in the other slot is checked first"),
	},
	{
		words: "firmware confirm",
		usage: "",
		help: "end the trial: what runs stays",
		run: ({ update }) => byHand(() => update.firmware.confirm(), "what runs stays"),
	},
	{
		words: "firmware rollback",
		usage: "",
		help: "go back to the firmware before",
		run: ({ update }) => byHand(() => update.firmware.rollback(), "going back"),
	},
);
