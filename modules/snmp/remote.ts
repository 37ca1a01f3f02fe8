// SPDX-License-Identifier: Apache-2.0
//
// A manager that notifications go to: its messages in v2c or v3, and what comes back. With informs of v3 the manager's engine is the
// one whose time counts; it is learnt from its first report, which must be authentic.
// Sources: RFC 3416 sections 4.2.6 and 4.2.7, RFC 3414 sections 2.3 and 3.2 step 7 b.

import { encodeUTF8 } from "../bytes/text.js";
import { BERWriter } from "./ber-writer.js";
import type { AgentContext } from "./context.js";
import { writeCommunityMessage, version } from "./message.js";
import { bindingsOf, type Told } from "./notification.js";
import { pduType, readPDU, writeBinding, writePDU } from "./pdu.js";
import { levelOf, sameBytes, type User, type USM } from "./usm.js";
import { flags, readScopedPDU, writeV3Message, type Places, type V3Message } from "./v3-message.js";

export interface Manager {
	address: string;
	port: number;
	inform: boolean;
	/** Name of the user to notify as; "" for v2c. */
	user: string;
	/** Engine of the manager, for informs of v3; empty when it is not known. */
	engineID: Uint8Array;
}

export interface RemoteParts {
	context: AgentContext;
	usm: USM;
	/** Of v2c; `undefined`: nothing is sent as that. */
	community: Uint8Array | undefined;
}

/** What an answer of the manager means for the inform that waits. */
export type Reply = "acknowledged" | "again" | "other";

const latest = 2147483647;

export class Remote {
	readonly manager: Manager;
	readonly #parts: RemoteParts;
	/** Time of the manager's engine, as far as it is known. */
	#boots = 0;
	#time = 0;
	#learnt = 0;

	constructor(manager: Manager, parts: RemoteParts) {
		this.manager = manager;
		this.#parts = parts;
	}

	/** @returns the message; `undefined` while there is no community or no key to send it with */
	encode(told: Told, id: number): Uint8Array | undefined {
		const { context } = this.#parts;
		const writer = new BERWriter(context.maxMessageBytes);
		const type = this.manager.inform ? pduType.inform : pduType.trap;
		const pdu = (): void =>
			writePDU(writer, { type, requestId: id, status: 0, index: 0 }, () => {
				for (const binding of bindingsOf(told, context)) writeBinding(writer, binding);
			});
		if (this.manager.user !== "") return this.encodeV3(writer, id, pdu);
		const { community } = this.#parts;
		if (community === undefined) return undefined;
		writeCommunityMessage(writer, { version: version.v2c, community }, pdu);
		return writer.finish();
	}

	/**
	 * Takes a message of v3 from the manager's engine, which speaks of the inform with this number.
	 * @param whole the datagram; overwritten
	 */
	takeV3(message: V3Message, whole: Uint8Array, id: number): Reply {
		const user = this.knownUser();
		if (user === undefined || !sameBytes(message.engineID, this.manager.engineID)) return "other";
		if (message.id !== id || !this.#parts.usm.open(message, whole, user)) return "other";
		const pdu = readPDU(readScopedPDU(message.body).pdu);
		if (pdu.type === pduType.response) return pdu.requestId === id ? "acknowledged" : "other";
		if (pdu.type !== pduType.report) return "other";
		if (message.boots < this.#boots || message.boots === latest) return "other";
		this.#boots = message.boots;
		this.#time = message.time;
		this.#learnt = this.seconds();
		return "again";
	}

	private seconds(): number {
		return Math.floor(this.#parts.context.ports.board.clock.ticks() / 1000);
	}

	/** For traps we are the engine that counts, for informs the manager's is. */
	private knownUser(): User | undefined {
		const { usm, context } = this.#parts;
		const engineID = this.manager.inform ? this.manager.engineID : context.engine.id;
		return usm.userOf(this.manager.user, engineID);
	}

	private encodeV3(writer: BERWriter, id: number, pdu: () => void): Uint8Array | undefined {
		const { context, usm } = this.#parts;
		const user = this.knownUser();
		if (user === undefined) return undefined;
		const { inform, engineID } = this.manager;
		const { engine } = context;
		const level = levelOf(user);
		const head = {
			id,
			maxBytes: context.maxMessageBytes,
			flags: level | (inform ? flags.reportable : 0),
			engineID: inform ? engineID : engine.id,
			boots: inform ? this.#boots : engine.boots,
			time: inform ? this.#time + (this.#boots === 0 ? 0 : this.seconds() - this.#learnt) : engine.time,
			user: encodeUTF8(user.principal.name),
			code: usm.noCode(user),
			salt: usm.nextSalt(level),
		};
		const scope = { engineID: engine.id, name: new Uint8Array(0) };
		const places: Places = writeV3Message(writer, head, scope, pdu);
		const whole = writer.finish();
		usm.protect(whole, places, user, head);
		return whole;
	}
}
