// SPDX-License-Identifier: Apache-2.0
//
// The gateway: takes the host's device, builds the modules, starts them. Composition only; the parts lie in gateway/.

import type { CertificateStore } from "upgate/certificates/store";
import { Candidate } from "upgate/console/candidate";
import type { Command } from "upgate/console/commands";
import type { Console } from "upgate/console/console";
import type { FileStore } from "upgate/files/files";
import { BootSelector } from "upgate/flash/otadata";
import type { Settings } from "upgate/settings/settings";
import { Store } from "upgate/store/store";
import { eventText } from "upgate/update/event-text";
import type { StampedRecord } from "upgate/update/events";
import type { LineStandIn } from "upgate/update/line-state";
import { Trial } from "upgate/update/trial";
import type { Updater } from "upgate/update/updater";
import { type Accounts, makeAccounts } from "./gateway/accounts.js";
import type { Connection } from "./gateway/connection.js";
import { Debugging, type DebugPorts } from "./gateway/debug.js";
import { type Gear, makeGear } from "./gateway/gear.js";
import { type ExpiryParts, openCertificates, type Trust, watchExpiry } from "./gateway/security.js";
import { openSettings } from "./gateway/settings.js";
import { Services } from "./gateway/services.js";
import { type CommandParts, makeCommands, makeTerminal } from "./gateway/terminal.js";
import { type Others, Updating, type UpdatingParts } from "./gateway/updating.js";
import { openVoice } from "./gateway/voice.js";
import type { Device } from "./modules/ecma419/device.js";
import type { Resolver } from "./modules/ecma419/resolver.js";

/** The records, as far as an update that is on trial goes; what has failed its trial, or was never switched to, is not even read. */
function openTrial({ storage, board }: Device, selector: BootSelector): { store: Store; trial: Trial } {
	const store = new Store({ flash: storage.open({ path: "store" }) });
	return { store, trial: new Trial({ store, selector, board }) };
}

/**
 * The same object for all parts: each takes what it needs of it, and none keeps one of its own. A class, as each function that is kept
 * takes 200 bytes of the heap. What parts take is a property of the object itself: some copy them.
 */
class Gateway implements UpdatingParts, CommandParts, Others, ExpiryParts {
	readonly device: Gear;
	readonly selector: BootSelector;
	readonly store: Store;
	readonly trial: Trial;
	readonly settings: Settings;
	readonly trust: Trust;
	readonly certificates: CertificateStore;
	readonly resolver: Resolver;
	readonly candidate: Candidate;
	readonly accounts: Accounts;
	readonly files: FileStore;
	readonly lines: LineStandIn;
	readonly updater: Updater;
	readonly services: Services;
	readonly terminal: Console;
	readonly debug: DebugPorts;
	readonly #debugging: Debugging;
	readonly #connection: Connection;

	constructor(host: Device) {
		const device = makeGear(host);
		this.device = device;
		this.selector = new BootSelector({ flash: device.storage.open({ path: "otadata" }) });
		const { store, trial } = openTrial(device, this.selector);
		this.store = store;
		this.trial = trial;
		const { settings, problems } = openSettings(trial.records);
		this.settings = settings;
		const { trust, refused } = openCertificates(trial.records);
		this.trust = trust;
		this.certificates = trust.certificates;
		this.resolver = new device.io.Resolver({});
		this.candidate = new Candidate(settings);
		this.accounts = makeAccounts(device, trial.records);
		const { files, lines } = openVoice(store, trial.records);
		this.files = files;
		this.lines = lines;
		const tell = (line: string): void => this.terminal.print(line);
		this.#debugging = new Debugging(device, tell);
		this.debug = this.#debugging.ports;
		const { updater, connection } = new Updating(this);
		this.updater = updater;
		this.#connection = connection;
		this.services = new Services(this, tell);
		this.terminal = makeTerminal(this);
		for (const problem of [...problems, ...refused]) tell(problem);
	}

	/** For the updater's parts. */
	get others(): Others {
		return this;
	}

	start(): void {
		watchExpiry(this);
		/* In a turn of its own: what begins then has the whole stack of scripts. */
		this.device.timer.set(() => this.#connection.start(), 0);
	}

	onEvent(record: StampedRecord): void {
		const { terminal, services } = this;
		const { board } = this.device;
		if (record.event === "request" || record.event === "firmware") terminal.endProgress();
		terminal.print(eventText(record));
		const notice = board.option("notice");
		if (notice !== undefined && record.event === "verdict" && record.result === "confirmed") terminal.print(notice);
		services.note(record);
		/* Last, because it may throw: an event file that cannot be written must not silence the console. */
		board.event(record);
	}

	*commands(): Iterable<Command> {
		yield* makeCommands(this, this.services, this.#connection.network);
		yield* this.#debugging.commands();
	}
}

export default function main(host: Device): void {
	new Gateway(host).start();
}
