// SPDX-License-Identifier: Apache-2.0
//
// The gateway: takes the host's device, builds the modules, starts them. Composition only.

import type { Command } from "upgate/console/commands";
import { Console } from "upgate/console/console";
import { gatewayCommands } from "upgate/console/gateway-commands";
import { networkCommands } from "upgate/console/network-commands";
import type { Device } from "./modules/ecma419/device.js";
import { BootSelector } from "upgate/flash/otadata";
import { HTTPSession, type HTTPSessionOptions } from "upgate/http/session";
import { Network } from "upgate/network/network";
import { TimeClient, type TimeClientOptions } from "upgate/network/time-client";
import { Settings } from "upgate/settings/settings";
import { type Change, Store } from "upgate/store/store";
import { TLSConnector } from "upgate/tls/connector";
import { eventText, ProgressText } from "upgate/update/event-text";
import { stamp, type StampedRecord } from "upgate/update/events";
import { isConfiguredServer } from "upgate/update/servers";
import { slotLines } from "upgate/update/slots";
import { Updater } from "upgate/update/updater";

/** Reads the stored settings, at the first start those of the factory. @returns what went wrong, for the console */
function openSettings(store: Store): { settings: Settings; problems: string[] } {
	const problems: string[] = [];
	const note = (what: string, error: unknown): void => {
		problems.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
	};
	/* A record that cannot be read must not end in a restart loop: the gateway goes on as from the factory. */
	const readable = {
		get(name: string): Uint8Array | undefined {
			try {
				return store.get(name);
			} catch (error) {
				note(`record ${name}`, error);
				return undefined;
			}
		},
		commit: (changes: Change[]): void => store.commit(changes),
	};
	const settings = new Settings({ store: readable });
	for (const problem of settings.problems) note("settings", problem);
	if (settings.isNew) {
		try {
			settings.loadFactory();
		} catch (error) {
			note("factory settings", error);
		}
	}
	return { settings, problems };
}

/**
 * Connections for https: roots from the store, verification as the settings say; with our own certificate, if `identified`, to
 * servers that the settings name.
 */
function makeConnector(
	device: Device,
	store: Store,
	settings: Settings,
	onEvent: (record: StampedRecord) => void,
	identified: boolean,
): TLSConnector {
	const { io, timer, board } = device;
	return new TLSConnector({
		io: io.TCP,
		timer,
		clock: board.clock,
		trust: (server) => {
			const roots = store.get("roots.pem");
			const own = identified && isConfiguredServer(settings, server);
			return {
				roots: roots ? [roots] : [],
				certificate: own ? store.get("device.crt") : undefined,
				key: own ? store.get("device.key") : undefined,
				verify: settings.text("AUPDVerifyCertificates") !== "0",
			};
		},
		onSecure: ({ host }, { version = "", suite = "" }, verified) =>
			onEvent(stamp({ event: "tls", host, version, suite, verified }, board.clock)),
	});
}

/** Where a redirect leads, nobody is told who we are; the sessions of the two are kept apart too. */
function makeSecure(make: (identified: boolean) => TLSConnector): HTTPSessionOptions["secure"] {
	const known = make(true);
	const anonymous = make(false);
	return (url, { identified }) => (identified ? known : anonymous).secure(url);
}

function makeTerminal({ io, board }: Device, settings: Settings, commands: Command[]): Console {
	return new Console({
		io: io.Serial,
		prompt: () => `${settings.text("HostName") || board.application.name}> `,
		terminal: board.option("terminal") !== "0",
		commands,
	});
}

/** How long the update waits for a network: a trial must not outlast its time because there is none. */
const networkPatienceMs = 60000;

/** Sets the clock by the server of the settings and those of DHCP. */
function makeTimeClient(
	{ io, timer, board, network }: Device,
	settings: Settings,
	resolver: TimeClientOptions["resolver"],
): TimeClient {
	const intervalMs = (): number => Number(settings.text("NTPUpdateInterval")) * 1000;
	const servers = (): string[] =>
		intervalMs() === 0
			? []
			: [settings.text("NTPServerIP"), ...(network?.timeServers() ?? [])].filter((server) => server !== "");
	return new TimeClient({
		io: io.UDP,
		resolver,
		timer,
		clock: board.clock,
		random: (bytes) => board.random(bytes),
		servers,
		intervalMs,
		earliestMs: board.application.builtMs,
	});
}

/** Keeps the network up, where that is this program's business. `onReady` is called once: at the first connection, or when it takes too long. */
function makeNetwork(
	{ timer, network: ports }: Device,
	settings: Settings,
	store: Store,
	time: TimeClient,
	onReady: () => void,
): Network | undefined {
	if (ports === undefined) return undefined;
	let ready = false;
	const once = (): void => {
		if (!ready) onReady();
		ready = true;
	};
	timer.set(once, networkPatienceMs);
	const onUp = (): void => {
		time.start();
		once();
	};
	return new Network({ ports, store, timer, hostName: settings.text("HostName"), onUp, onDown: () => time.stop() });
}

interface CommandParts {
	settings: Settings;
	selector: BootSelector;
	storage: Device["storage"];
	board: Device["board"];
	updater: Updater;
	network: Network | undefined;
}

function makeCommands({ settings, selector, storage, board, updater, network }: CommandParts): Command[] {
	const commands = gatewayCommands({
		board,
		settings,
		update: updater,
		slots: () => slotLines(storage, selector, board.runningSlot),
		restart: (reason) => updater.restart(reason),
	});
	return network === undefined ? commands : [...commands, ...networkCommands(network)];
}

export default function main(device: Device): void {
	const { io, storage, timer, board } = device;
	const store = new Store({ flash: storage.open({ path: "store" }) });
	const { settings, problems } = openSettings(store);
	const selector = new BootSelector({ flash: storage.open({ path: "otadata" }) });
	const resolver = new io.Resolver({});
	const progressText = new ProgressText();
	const parts = { settings, store, selector, storage, board, timer };

	const onEvent = (record: StampedRecord): void => {
		if (record.event === "request") terminal.endProgress();
		terminal.print(eventText(record));
		const notice = board.option("notice");
		if (notice !== undefined && record.event === "verdict" && record.result === "confirmed") terminal.print(notice);
		/* Last, because it may throw: an event file that cannot be written must not silence the console. */
		board.event(record);
	};
	const ticks = (): number => board.clock.ticks();
	const random = (bytes: Uint8Array): void => board.random(bytes);
	const secure = makeSecure((identified) => makeConnector(device, store, settings, onEvent, identified));
	const updater = new Updater({
		...parts,
		http: () => new HTTPSession({ io: io.TCP, secure, resolver, timer, ticks, random }),
		onEvent,
		onProgress: (progress) => {
			const bar = progressText.take(progress);
			if (bar !== undefined) terminal.progress(bar.label, bar.done, bar.total);
		},
	});

	const time = makeTimeClient(device, settings, resolver);
	const network = makeNetwork(device, settings, store, time, () => updater.start());
	const commands = makeCommands({ ...parts, updater, network });
	const terminal = makeTerminal(device, settings, commands);

	for (const problem of problems) terminal.print(problem);
	if (network !== undefined) network.start();
	else {
		time.start();
		updater.start();
	}
}
