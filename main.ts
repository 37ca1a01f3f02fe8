// SPDX-License-Identifier: Apache-2.0
//
// The gateway: takes the host's device, builds the modules, starts them. Composition only; the parts lie in gateway/.

import { Candidate } from "upgate/console/candidate";
import { BootSelector } from "upgate/flash/otadata";
import { Store } from "upgate/store/store";
import { eventText } from "upgate/update/event-text";
import type { StampedRecord } from "upgate/update/events";
import { Trial } from "upgate/update/trial";
import { makeAccounts } from "./gateway/accounts.js";
import { makeDebug } from "./gateway/debug.js";
import { makeFactoryReset } from "./gateway/factory-reset.js";
import { openCertificates, watchExpiry } from "./gateway/security.js";
import { openSettings } from "./gateway/settings.js";
import { Services } from "./gateway/services.js";
import { makeCommands, makeTerminal } from "./gateway/terminal.js";
import { makeUpdating } from "./gateway/updating.js";
import { openVoice } from "./gateway/voice.js";
import type { Device } from "./modules/ecma419/device.js";

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
	const { certificates } = trust;
	const resolver = new io.Resolver({});
	const voice = openVoice(store, trial.records);
	const parts = { settings, certificates, storage, board, timer, ...voice };
	const desk = { candidate: new Candidate(settings), accounts: makeAccounts(device, trial.records) };

	const onEvent = (record: StampedRecord): void => {
		if (record.event === "request") terminal.endProgress();
		terminal.print(eventText(record));
		const notice = board.option("notice");
		if (notice !== undefined && record.event === "verdict" && record.result === "confirmed") terminal.print(notice);
		services.note(record);
		/* Last, because it may throw: an event file that cannot be written must not silence the console. */
		board.event(record);
	};
	const { ports: debug, commands: debugCommands } = makeDebug(device, (line) => terminal.print(line));
	const { updater, connection } = makeUpdating({
		...{ device, settings, certificates, trust, trial, voice, resolver, onEvent, debug },
		onOperational: () => services.start(),
		terminal: () => terminal,
	});
	const services = new Services(
		{ ...parts, ...desk, selector, device, resolver, updater, store, trial, onEvent, debug },
		(line) => terminal.print(line),
	);
	const { network } = connection;
	const factory = makeFactoryReset({ settings, ...desk, store, updater, trace: services.trace });
	const more = { selector, updater, network, factory, resolver, debugCommands };
	const commands = { ...parts, ...desk, ...more, device, services };
	const terminal = makeTerminal(device, { settings, ...desk }, () => makeCommands(commands));

	for (const problem of [...problems, ...trust.refused]) terminal.print(problem);
	watchExpiry(device, certificates, onEvent);
	connection.start();
}
