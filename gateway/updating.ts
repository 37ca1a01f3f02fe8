// SPDX-License-Identifier: Apache-2.0
//
// The updater with the network it needs: what tells it when to begin, how it fetches, whom it tells.

import type { CertificateStore } from "upgate/certificates/store";
import type { Console } from "upgate/console/console";
import type { Settings } from "upgate/settings/settings";
import { ProgressText } from "upgate/update/event-text";
import { stamp } from "upgate/update/events";
import type { Trial } from "upgate/update/trial";
import { Updater } from "upgate/update/updater";
import type { Device } from "../modules/ecma419/device.js";
import type { Resolver } from "../modules/ecma419/resolver.js";
import { type Connection, makeConnection } from "./connection.js";
import type { DebugPorts } from "./debug.js";
import { makeFetch } from "./fetch.js";
import { makeSecure, makeSigning, type OnEvent, type Trust } from "./security.js";
import { startSpreadMs } from "./settings.js";
import type { Voice } from "./voice.js";

export interface UpdatingParts {
	device: Device;
	settings: Settings;
	certificates: CertificateStore;
	trust: Trust;
	trial: Trial;
	voice: Voice;
	resolver: Resolver;
	onEvent: OnEvent;
	debug: DebugPorts;
	/** From now on the gateway may serve others. */
	onOperational: () => void;
	/** There once something is shown. */
	terminal: () => Console;
}

/** Nothing begins before `connection.start()`. */
export function makeUpdating(parts: UpdatingParts): { updater: Updater; connection: Connection } {
	const { device, settings, certificates, trust, trial, voice, resolver, onEvent, onOperational, terminal } = parts;
	const { http, tls } = parts.debug;
	const { storage, timer, board } = device;
	const progressText = new ProgressText();
	const connection = makeConnection({
		...{ device, settings, store: trial.records, resolver },
		onReady: (cause) => updater.start({ spreadMs: startSpreadMs(board, settings), ...(cause && { cause }) }),
		onLate: (server) => updater.trigger("dhcp", server),
		onNotice: (text) => onEvent(stamp({ event: "notice", topic: "dhcp", text }, board.clock)),
	});
	const updater = new Updater({
		...{ settings, certificates, storage, board, timer, trial, onEvent, onOperational },
		...voice,
		provided: connection.provided,
		signing: makeSigning(certificates),
		http: makeFetch(device, settings, resolver, makeSecure(device, settings, trust, onEvent, tls), http),
		onProgress: (progress) => {
			const bar = progressText.take(progress);
			if (bar !== undefined) terminal().progress(bar.label, bar.done, bar.total);
		},
	});
	return { updater, connection };
}
