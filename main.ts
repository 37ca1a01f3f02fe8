// SPDX-License-Identifier: Apache-2.0
//
// The gateway: takes the host's device, builds the modules, starts them. Composition only; the parts lie in gateway/.

import { Candidate } from "upgate/console/candidate";
import type { Command } from "upgate/console/commands";
import { BootSelector } from "upgate/flash/otadata";
import { Store } from "upgate/store/store";
import { eventText } from "upgate/update/event-text";
import type { StampedRecord } from "upgate/update/events";
import { Trial } from "upgate/update/trial";
import { makeAccounts } from "./gateway/accounts.js";
import type { Connection } from "./gateway/connection.js";
import { Debugging } from "./gateway/debug.js";
import { makeGear } from "./gateway/gear.js";
import { openCertificates, watchExpiry } from "./gateway/security.js";
import { openSettings } from "./gateway/settings.js";
import { Services } from "./gateway/services.js";
import { type CommandParts, makeCommands, makeTerminal } from "./gateway/terminal.js";
import { type Others, Updating } from "./gateway/updating.js";
import { openVoice } from "./gateway/voice.js";
import type { Device } from "./modules/ecma419/device.js";

/** The records, as far as an update that is on trial goes; what has failed its trial, or was never switched to, is not even read. */
function openTrial({ storage, board }: Device, selector: BootSelector): { store: Store; trial: Trial } {
	const store = new Store({ flash: storage.open({ path: "store" }) });
	return { store, trial: new Trial({ store, selector, board }) };
}

function tellAll({ terminal, services }: Others, board: Device["board"], record: StampedRecord): void {
	if (record.event === "request" || record.event === "firmware") terminal.endProgress();
	terminal.print(eventText(record));
	const notice = board.option("notice");
	if (notice !== undefined && record.event === "verdict" && record.result === "confirmed") terminal.print(notice);
	services.note(record);
	/* Last, because it may throw: an event file that cannot be written must not silence the console. */
	board.event(record);
}

function* allCommands(
	parts: CommandParts,
	services: Services,
	{ network }: Connection,
	debug: Debugging,
): Iterable<Command> {
	yield* makeCommands(parts, services, network);
	yield* debug.commands();
}

export default function main(host: Device): void {
	const device = makeGear(host);
	const { io, storage, board } = device;
	const selector = new BootSelector({ flash: storage.open({ path: "otadata" }) });
	const { store, trial } = openTrial(device, selector);
	const { settings, problems } = openSettings(trial.records);
	const trust = openCertificates(trial.records);
	const { certificates, refused } = trust;
	const resolver = new io.Resolver({});

	/* Functions that are kept take memory for their code too: it stands above. */
	const onEvent = (record: StampedRecord): void => tellAll(others, board, record);
	const tell = (line: string): void => others.terminal.print(line);
	const debug = new Debugging(device, tell);
	const known = {
		...{ device, settings, certificates, trust, selector, store, trial, resolver, onEvent },
		...{ candidate: new Candidate(settings), accounts: makeAccounts(device, trial.records) },
		...openVoice(store, trial.records),
		debug: debug.ports,
		others: () => others,
	};
	const { updater, connection } = new Updating(known);
	/* The same object for all parts: each takes what it needs of it, and none keeps one of its own. */
	const parts = Object.assign(known, { updater });
	const services = new Services(parts, tell);
	const commands = (): Iterable<Command> => allCommands(parts, services, connection, debug);
	const others: Others = { services, terminal: makeTerminal(parts, commands) };

	for (const problem of [...problems, ...refused]) others.terminal.print(problem);
	watchExpiry(device, certificates, onEvent);
	/* In a turn of its own: what begins then has the whole stack of scripts. */
	device.timer.set(() => connection.start(), 0);
}
