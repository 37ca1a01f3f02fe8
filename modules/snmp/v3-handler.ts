// SPDX-License-Identifier: Apache-2.0
//
// What the agent does with a message of SNMPv3: security, reports, context, and the answer under the same security.
// Sources: RFC 3412 section 7.2, RFC 3413 section 3.2, RFC 3414 section 4 (discovery).

import { decodeLatin1 } from "../bytes/text.js";
import { tag, type BERReader } from "./ber.js";
import { BERWriter } from "./ber-writer.js";
import type { AgentContext } from "./context.js";
import { tellRequest } from "./debug-text.js";
import { SNMPError } from "./error.js";
import { snmpV2 } from "./objects/numbers.js";
import { pduType, readPDU, writeBinding, writePDU } from "./pdu.js";
import type { Asked, Frame } from "./responder.js";
import { levelOf, sameBytes, type Rejection, type ReportedCounter, type User, type USM } from "./usm.js";
import { flags, readScopedPDU, readV3Message, writeV3Message, type Places, type V3Message } from "./v3-message.js";

/** What is reported, behind snmpV2. */
const reported: Readonly<Record<ReportedCounter, readonly number[]>> = Object.freeze({
	unsupportedSecLevels: [15, 1, 1, 1, 0],
	notInTimeWindows: [15, 1, 1, 2, 0],
	unknownUserNames: [15, 1, 1, 3, 0],
	unknownEngineIDs: [15, 1, 1, 4, 0],
	wrongDigests: [15, 1, 1, 5, 0],
	decryptionErrors: [15, 1, 1, 6, 0],
	unknownContexts: [12, 1, 5, 0],
});

/** The agent, as far as messages of SNMPv3 need it. */
export interface V3Desk {
	/** @returns what was written, `undefined` for no answer */
	respond(asked: Asked, asker: string, frame: Frame, capacity: number): Uint8Array | undefined;
	/** Takes messages of other engines: what managers answer. @returns whether it did */
	foreign(message: V3Message, whole: Uint8Array): boolean;
}

type Head = Parameters<typeof writeV3Message>[1];

export class V3Handler {
	readonly #context: AgentContext;
	readonly #usm: USM;
	readonly #desk: V3Desk;

	constructor(context: AgentContext, usm: USM, desk: V3Desk) {
		this.#context = context;
		this.#usm = usm;
		this.#desk = desk;
	}

	/** @param body behind the version. @throws SNMPError for what is no message */
	answer(body: BERReader, whole: Uint8Array): Uint8Array | undefined {
		const message = this.read(body);
		if (message === undefined) return undefined;
		if (this.#desk.foreign(message, whole)) return undefined;
		const user = this.#usm.check(message, whole);
		if ("counter" in user) return this.report(message, user);
		const scoped = readScopedPDU(message.body);
		const { counters, engine } = this.#context;
		if (!sameBytes(scoped.engineID, engine.id)) {
			counters.unknownPDUHandlers++;
			return undefined;
		}
		if (scoped.name.length > 0) return this.report(message, { counter: "unknownContexts", user });
		const asked = { pdu: readPDU(scoped.pdu), principal: user.principal, v1: false };
		const line = this.#context.debug?.line;
		if (line !== undefined) tellRequest(line, `v3 user ${user.principal.name}, ${levelText(user)},`, asked.pdu);
		const head = this.head(message, user, levelOf(user));
		let places: Places | undefined;
		const frame: Frame = (writer, pdu) => (places = writeV3Message(writer, head, scoped, pdu));
		const capacity = Math.min(message.maxBytes, this.#context.maxMessageBytes);
		const answer = this.#desk.respond(asked, `user ${user.principal.name}`, frame, capacity);
		if (answer !== undefined && places !== undefined) this.#usm.protect(answer, places, user, head);
		return answer;
	}

	private read(body: BERReader): V3Message | undefined {
		const { counters } = this.#context;
		try {
			return readV3Message(body);
		} catch (error) {
			const code = error instanceof SNMPError ? error.code : "";
			if (code === "SNMP_FLAGS") counters.invalidMsgs++;
			else if (code === "SNMP_MODEL") counters.unknownSecurityModels++;
			else throw error;
			return undefined;
		}
	}

	private head(message: V3Message, user: User | undefined, level: number): Head {
		const { engine, maxMessageBytes } = this.#context;
		return {
			id: message.id,
			maxBytes: maxMessageBytes,
			flags: level,
			engineID: engine.id,
			boots: engine.boots,
			time: engine.time,
			user: message.user,
			code: (level & flags.auth) === 0 ? new Uint8Array(0) : this.#usm.noCode(user),
			salt: this.#usm.nextSalt(level),
		};
	}

	/** Tells what was wrong, to those who ask to be told. One that is not timely is authenticated: it carries our time. */
	private report(message: V3Message, { counter, user }: Rejection): Uint8Array | undefined {
		const { counters, engine } = this.#context;
		counters[counter]++;
		this.#context.debug?.line?.(`: v3 user "${decodeLatin1(message.user)}" is told: ${counter}`);
		if ((message.flags & flags.reportable) === 0) return undefined;
		const level = user === undefined ? 0 : counter === "notInTimeWindows" ? flags.auth : levelOf(user);
		const head = this.head(message, user, level);
		const writer = new BERWriter(512);
		const binding = { oid: [...snmpV2, ...reported[counter]], tag: tag.counter, value: counters[counter] % 4294967296 };
		const id = { type: pduType.report, requestId: requestIdOf(message), status: 0, index: 0 };
		const context = { engineID: engine.id, name: new Uint8Array(0) };
		const places = writeV3Message(writer, head, context, () =>
			writePDU(writer, id, () => writeBinding(writer, binding)),
		);
		const whole = writer.finish();
		if (user !== undefined) this.#usm.protect(whole, places, user, head);
		return whole;
	}
}

function levelText(user: User): string {
	return user.auth === undefined ? "noAuthNoPriv" : user.priv === undefined ? "authNoPriv" : "authPriv";
}

/** Number of a request that could be read without keys; 0 otherwise (RFC 3412 section 7.1 step 3 c). */
function requestIdOf({ body, encrypted }: V3Message): number {
	if (encrypted) return 0;
	try {
		const { pdu } = readScopedPDU(body);
		const type = pdu.peek() ?? 0;
		return pdu.enter(type).integer();
	} catch (error) {
		if (error instanceof SNMPError) return 0;
		throw error;
	}
}
