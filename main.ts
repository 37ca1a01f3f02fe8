// SPDX-License-Identifier: Apache-2.0
//
// The gateway: takes the host's device, builds the modules, starts them. Composition only.

import { ExpiryWatch } from "upgate/certificates/expiry-watch";
import { importFactory } from "upgate/certificates/factory";
import { RootsInUse } from "upgate/certificates/roots-in-use";
import { CertificateStore } from "upgate/certificates/store";
import type { Command } from "upgate/console/commands";
import { Console } from "upgate/console/console";
import { gatewayCommands } from "upgate/console/gateway-commands";
import { networkCommands } from "upgate/console/network-commands";
import type { Board } from "./modules/ecma419/board.js";
import type { Device } from "./modules/ecma419/device.js";
import { BootSelector } from "upgate/flash/otadata";
import { keyDigest, publicKeysIn } from "upgate/image/public-key";
import { verifySignature } from "upgate/image/verify";
import { HTTPSession, type HTTPSessionOptions } from "upgate/http/session";
import { Network } from "upgate/network/network";
import { TimeClient, type TimeClientOptions } from "upgate/network/time-client";
import { Settings } from "upgate/settings/settings";
import { Store } from "upgate/store/store";
import { TLSConnector, type TLSConnectorOptions } from "upgate/tls/connector";
import { eventText, ProgressText } from "upgate/update/event-text";
import { stamp, type StampedRecord } from "upgate/update/events";
import type { RecordChange, RecordStore, SigningPort } from "upgate/update/interfaces";
import { isConfiguredServer } from "upgate/update/servers";
import { slotLines } from "upgate/update/slots";
import { Trial } from "upgate/update/trial";
import { Updater } from "upgate/update/updater";

/** Reads the stored settings, at the first start those of the factory. @returns what went wrong, for the console */
function openSettings(store: RecordStore): { settings: Settings; problems: string[] } {
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
		commit: (changes: RecordChange[]): void => store.commit(changes),
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
 * Connections for https: our roots, verification as the settings say; with our own certificate, if `identified`, to servers that
 * the settings name.
 */
function makeConnector(
	device: Device,
	certificates: CertificateStore,
	settings: Settings,
	onSecure: TLSConnectorOptions["onSecure"],
	identified: boolean,
): TLSConnector {
	const { io, timer, board } = device;
	return new TLSConnector({
		io: io.TCP,
		timer,
		clock: board.clock,
		trust: (server) => {
			const own = identified && isConfiguredServer(settings, server);
			return {
				roots: certificates.roots(),
				...(own ? certificates.identity() : undefined),
				verify: settings.text("AUPDVerifyCertificates") !== "0",
			};
		},
		onSecure,
	});
}

interface Trust {
	certificates: CertificateStore;
	rootsInUse: RootsInUse;
}

/** The certificates of the store; those that the factory left are taken in at the first start. @returns with what went wrong */
function openCertificates(store: RecordStore): Trust & { refused: string[] } {
	const rootsInUse = new RootsInUse();
	const certificates = new CertificateStore({ records: store, inUse: (root) => rootsInUse.has(root) });
	return { certificates, rootsInUse, refused: importFactory(certificates, store) };
}

type OnEvent = (record: StampedRecord) => void;

/** Where a redirect leads, nobody is told who we are; the sessions of the two are kept apart too. */
function makeSecure(
	device: Device,
	settings: Settings,
	{ certificates, rootsInUse }: Trust,
	onEvent: OnEvent,
): HTTPSessionOptions["secure"] {
	const onSecure: TLSConnectorOptions["onSecure"] = (server, { version = "", suite = "", root }, verified) => {
		if (verified && isConfiguredServer(settings, server)) rootsInUse.note(server, root);
		onEvent(stamp({ event: "tls", host: server.host, version, suite, verified }, device.board.clock));
	};
	const known = makeConnector(device, certificates, settings, onSecure, true);
	const anonymous = makeConnector(device, certificates, settings, onSecure, false);
	return (url, { identified }) => (identified ? known : anonymous).secure(url);
}

/** Firmware is signed by one of the keys in the store, or not taken. */
function makeSigning(certificates: CertificateStore, records: RecordStore): SigningPort {
	return {
		keys: () => certificates.signingKeys(),
		revoked: () => publicKeysIn(records.get("revoked.pem") ?? new Uint8Array(0)).map(keyDigest),
		verify: verifySignature,
	};
}

function watchExpiry({ board, timer }: Device, certificates: CertificateStore, onEvent: OnEvent): void {
	const { clock } = board;
	const onWarning = (warning: string): void => onEvent(stamp({ event: "certificate", warning }, clock));
	new ExpiryWatch({ certificates, clock, timer, onWarning }).start();
}

function makeTerminal({ io, timer, board }: Device, settings: Settings, commands: Command[]): Console {
	return new Console({
		io: io.Serial,
		timer,
		prompt: () => `${settings.text("HostName") || board.application.name}> `,
		terminal: board.option("terminal") !== "0",
		commands,
	});
}

function clockAndChance(board: Board): Pick<HTTPSessionOptions, "ticks" | "random"> {
	return { ticks: () => board.clock.ticks(), random: (bytes) => board.random(bytes) };
}

/** The records, as far as an update that is on trial goes; what has failed its trial, or was never switched to, is not even read. */
function openTrial({ storage, board }: Device, selector: BootSelector): Trial {
	const store = new Store({ flash: storage.open({ path: "store" }) });
	return new Trial({ store, selector, board });
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

interface Connection {
	/** Where keeping the network up is this program's business. */
	network?: Network;
	start(): void;
}

/** Brings up network and clock. `onReady` is called once: at the first connection, or when it takes too long. */
function makeConnection(
	device: Device,
	settings: Settings,
	store: RecordStore,
	resolver: TimeClientOptions["resolver"],
	onReady: () => void,
): Connection {
	const { timer, network: ports } = device;
	const time = makeTimeClient(device, settings, resolver);
	const start = (): void => {
		time.start();
		onReady();
	};
	if (ports === undefined) return { start };
	let ready = false;
	const once = (): void => {
		if (!ready) onReady();
		ready = true;
	};
	const onUp = (): void => {
		time.start();
		once();
	};
	const hostName = settings.text("HostName");
	const network = new Network({ ports, store, timer, hostName, onUp, onDown: () => time.stop() });
	return {
		network,
		start: () => {
			timer.set(once, networkPatienceMs);
			network.start();
		},
	};
}

interface CommandParts {
	settings: Settings;
	certificates: CertificateStore;
	selector: BootSelector;
	storage: Device["storage"];
	board: Device["board"];
	updater: Updater;
	network?: Network | undefined;
}

function makeCommands({ selector, storage, updater, network, ...parts }: CommandParts): Command[] {
	const commands = gatewayCommands({
		...parts,
		update: updater,
		slots: () => slotLines(storage, selector, parts.board.runningSlot),
		restart: (reason) => updater.restart(reason),
	});
	return network === undefined ? commands : [...commands, ...networkCommands(network)];
}

export default function main(device: Device): void {
	const { io, storage, timer, board } = device;
	const selector = new BootSelector({ flash: storage.open({ path: "otadata" }) });
	const trial = openTrial(device, selector);
	const { settings, problems } = openSettings(trial.records);
	const trust = openCertificates(trial.records);
	const resolver = new io.Resolver({});
	const progressText = new ProgressText();
	const { certificates } = trust;
	const parts = { settings, certificates, storage, board, timer };

	const onEvent = (record: StampedRecord): void => {
		if (record.event === "request") terminal.endProgress();
		terminal.print(eventText(record));
		const notice = board.option("notice");
		if (notice !== undefined && record.event === "verdict" && record.result === "confirmed") terminal.print(notice);
		/* Last, because it may throw: an event file that cannot be written must not silence the console. */
		board.event(record);
	};
	const secure = makeSecure(device, settings, trust, onEvent);
	const updater = new Updater({
		...parts,
		trial,
		signing: makeSigning(certificates, trial.records),
		http: () => new HTTPSession({ io: io.TCP, secure, resolver, timer, ...clockAndChance(board) }),
		onEvent,
		onProgress: (progress) => {
			const bar = progressText.take(progress);
			if (bar !== undefined) terminal.progress(bar.label, bar.done, bar.total);
		},
	});

	const connection = makeConnection(device, settings, trial.records, resolver, () => updater.start());
	const commands = makeCommands({ ...parts, selector, updater, network: connection.network });
	const terminal = makeTerminal(device, settings, commands);

	for (const problem of [...problems, ...trust.refused]) terminal.print(problem);
	watchExpiry(device, certificates, onEvent);
	connection.start();
}
