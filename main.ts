// SPDX-License-Identifier: Apache-2.0
//
// The gateway: takes the host's device, builds the modules, starts them. Composition only; the parts lie in gateway/.

import { Candidate } from "upgate/console/candidate";
import { BootSelector } from "upgate/flash/otadata";
import { HTTPSession, type HTTPSessionOptions } from "upgate/http/session";
import { Store } from "upgate/store/store";
import { eventText, ProgressText } from "upgate/update/event-text";
import type { StampedRecord } from "upgate/update/events";
import { Trial } from "upgate/update/trial";
import { Updater } from "upgate/update/updater";
import { makeConnection } from "./gateway/connection.js";
import { makeSecure, makeSigning, openCertificates, watchExpiry } from "./gateway/security.js";
import { openSettings } from "./gateway/settings.js";
import { Services } from "./gateway/services.js";
import { makeCommands, makeTerminal } from "./gateway/terminal.js";
import type { Board } from "./modules/ecma419/board.js";
import type { Device } from "./modules/ecma419/device.js";

function clockAndChance(board: Board): Pick<HTTPSessionOptions, "ticks" | "random"> {
	return { ticks: () => board.clock.ticks(), random: (bytes) => board.random(bytes) };
}

/** The records, as far as an update that is on trial goes; what has failed its trial, or was never switched to, is not even read. */
function openTrial({ storage, board }: Device, selector: BootSelector): { store: Store; trial: Trial } {
	const store = new Store({ flash: storage.open({ path: "store" }) });
	return { store, trial: new Trial({ store, selector, board }) };
}

export default function main(device: Device): void {
	const { io, storage, timer, board } = device;
	const selector = new BootSelector({ flash: storage.open({ path: "otadata" }) });
	const { store, trial } = openTrial(device, selector);
	const { settings, problems } = openSettings(trial.records);
	const trust = openCertificates(trial.records);
	const resolver = new io.Resolver({});
	const progressText = new ProgressText();
	const { certificates } = trust;
	const parts = { settings, certificates, storage, board, timer };
	const candidate = new Candidate(settings);

	const onEvent = (record: StampedRecord): void => {
		if (record.event === "request") terminal.endProgress();
		terminal.print(eventText(record));
		const notice = board.option("notice");
		if (notice !== undefined && record.event === "verdict" && record.result === "confirmed") terminal.print(notice);
		services.note(record);
		/* Last, because it may throw: an event file that cannot be written must not silence the console. */
		board.event(record);
	};
	const secure = makeSecure(device, settings, trust, onEvent);
	const updater = new Updater({
		...parts,
		trial,
		signing: makeSigning(certificates),
		http: () => new HTTPSession({ io: io.TCP, secure, resolver, timer, ...clockAndChance(board) }),
		onOperational: () => services.start(),
		onEvent,
		onProgress: (progress) => {
			const bar = progressText.take(progress);
			if (bar !== undefined) terminal.progress(bar.label, bar.done, bar.total);
		},
	});

	const services = new Services({ ...parts, selector, device, updater, store, trial }, (line) => terminal.print(line));
	const connection = makeConnection(device, settings, trial.records, resolver, () => updater.start());
	const commands = makeCommands({ ...parts, candidate, selector, updater, network: connection.network });
	const terminal = makeTerminal(device, { settings, candidate }, [...commands, ...services.commands]);

	for (const problem of [...problems, ...trust.refused]) terminal.print(problem);
	watchExpiry(device, certificates, onEvent);
	connection.start();
}
