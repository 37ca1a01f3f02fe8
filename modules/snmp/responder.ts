// SPDX-License-Identifier: Apache-2.0
//
// Answers get, getNext, getBulk and set for somebody whose rights are known. Knows no messages and no sockets.
// Sources: RFC 3416 section 4.2, RFC 3584 sections 4.2 and 4.3 (what SNMPv1 is told).

import { isVisible, type Principal } from "./access.js";
import { tag } from "./ber.js";
import type { BERWriter } from "./ber-writer.js";
import { Changes } from "./changes.js";
import type { AgentContext } from "./context.js";
import { SNMPError } from "./error.js";
import { errorStatus, pduType, writeBinding, writePDU, type Binding, type PDU } from "./pdu.js";
import { toV1 } from "./status-v1.js";
import type { Found, Tree } from "./tree.js";
import { testValue } from "./value-test.js";

/** Bindings that one getBulk may give, whatever it asks for. */
export const maxBulkBindings = 128;

/** Why a request is refused: status, and the number of the binding, from 1. */
export interface Fault {
	status: number;
	index: number;
}

export interface Asked {
	pdu: PDU;
	principal: Principal;
	/** Tells SNMPv1, which has fewer errors and no exceptions. */
	v1: boolean;
	/** What came of this set before: it is a repetition, and only answered. */
	before?: Fault | undefined;
}

/** Writes a message around a PDU. */
export type Frame = (writer: BERWriter, pdu: () => void) => void;

function isFull(error: unknown): boolean {
	return error instanceof SNMPError && error.code === "SNMP_FULL";
}

export class Responder {
	readonly #tree: Tree;
	readonly #context: AgentContext;

	constructor(tree: Tree, context: AgentContext) {
		this.#tree = tree;
		this.#context = context;
	}

	/**
	 * Answers. A set has been carried out when it returns.
	 * @returns what was written, an error included; `undefined` when not even an error fits
	 */
	respond(asked: Asked, writer: BERWriter, frame: Frame): Fault | undefined {
		const fault = asked.pdu.tooMany ? { status: errorStatus.tooBig, index: 0 } : this.try(asked, writer, frame);
		if (fault === undefined) return { status: errorStatus.noError, index: 0 };
		try {
			this.refuse(asked, fault, writer, frame);
			return fault;
		} catch (error) {
			if (isFull(error)) return undefined;
			throw error;
		}
	}

	/** Writes the good answer; a set is carried out only when that fits. @returns why not */
	private try(asked: Asked, writer: BERWriter, frame: Frame): Fault | undefined {
		const { pdu } = asked;
		let fault: Fault | undefined;
		try {
			frame(writer, () =>
				writePDU(writer, { type: pduType.response, requestId: pdu.requestId, status: 0, index: 0 }, () => {
					fault = this.bindings(asked, writer);
				}),
			);
		} catch (error) {
			if (!isFull(error)) throw error;
			return { status: errorStatus.tooBig, index: 0 };
		}
		if (fault !== undefined || pdu.type !== pduType.set) return fault;
		if (asked.before === undefined) return this.set(asked);
		return asked.before.status === errorStatus.noError ? undefined : asked.before;
	}

	/** tooBig comes without bindings, except in SNMPv1; other errors with those of the request. */
	private refuse({ pdu, v1 }: Asked, { status, index }: Fault, writer: BERWriter, frame: Frame): void {
		const { requestId } = pdu;
		const told = v1 ? toV1(status, pdu.type) : status;
		const bindings = status === errorStatus.tooBig && !v1 ? [] : pdu.bindings;
		writer.truncate(0);
		frame(writer, () =>
			writePDU(writer, { type: pduType.response, requestId, status: told, index }, () => {
				for (const binding of bindings) writeBinding(writer, binding);
			}),
		);
	}

	private bindings(asked: Asked, writer: BERWriter): Fault | undefined {
		const { pdu } = asked;
		if (pdu.type === pduType.getBulk) return this.bulk(asked, writer);
		for (let i = 0; i < pdu.bindings.length; i++) {
			const binding = pdu.bindings[i];
			const answer = pdu.type === pduType.set ? binding : this.answer(asked, binding.oid, pdu.type === pduType.getNext);
			if (answer === undefined) return { status: errorStatus.noSuchName, index: i + 1 };
			writeBinding(writer, answer);
		}
		return undefined;
	}

	/** @returns `undefined` for what SNMPv1 has no exception for */
	private answer(asked: Asked, oid: readonly number[], next: boolean): Binding | undefined {
		const answer = next ? this.next(asked, oid) : this.get(asked, oid);
		const exception = answer.tag >= tag.noSuchObject;
		return exception && asked.v1 ? undefined : answer;
	}

	private get({ principal }: Asked, oid: readonly number[]): Binding {
		const found = isVisible(principal, oid) ? this.#tree.find(oid) : "noSuchObject";
		if (typeof found === "string") return { oid, tag: tag[found], value: undefined };
		return this.read(found) ?? { oid, tag: tag.noSuchInstance, value: undefined };
	}

	private next({ principal }: Asked, oid: readonly number[]): Binding {
		for (let found = this.#tree.next(oid); found !== undefined; found = this.#tree.next(found.oid)) {
			const binding = isVisible(principal, found.oid) ? this.read(found) : undefined;
			if (binding !== undefined) return binding;
		}
		return { oid, tag: tag.endOfMibView, value: undefined };
	}

	private read({ node, row, oid }: Found): Binding | undefined {
		const value = node.read(this.#context, row);
		return value === undefined ? undefined : { oid, tag: node.tag, value };
	}

	/** RFC 3416 section 4.2.3; ends where the message is full, which is no error. */
	private bulk(asked: Asked, writer: BERWriter): Fault | undefined {
		const { status, index, bindings } = asked.pdu;
		const singles = Math.min(Math.max(0, status), bindings.length);
		let left = maxBulkBindings;
		try {
			for (let i = 0; i < singles; i++) writeBinding(writer, this.next(asked, bindings[i].oid));
			let last = bindings.slice(singles).map(({ oid }) => oid);
			for (let round = 0; round < index && last.length > 0; round++) {
				let ended = true;
				const oids: (readonly number[])[] = [];
				for (const oid of last) {
					if (left-- <= 0) return undefined;
					const answer = this.next(asked, oid);
					writeBinding(writer, answer);
					oids.push(answer.oid);
					ended = ended && answer.tag === tag.endOfMibView;
				}
				if (ended) return undefined;
				last = oids;
			}
		} catch (error) {
			if (!isFull(error)) throw error;
		}
		return undefined;
	}

	/** All bindings are tested before the first is taken. */
	private set({ pdu, principal }: Asked): Fault | undefined {
		const changes = new Changes(this.#context);
		for (let i = 0; i < pdu.bindings.length; i++) {
			const status = this.test(principal, pdu.bindings[i], changes);
			if (status !== errorStatus.noError) return { status, index: i + 1 };
		}
		const status = changes.commit(principal.name);
		this.#context.counters.sets += status === errorStatus.noError ? pdu.bindings.length : 0;
		if (status === errorStatus.noError) return undefined;
		/* Which of them it was cannot be told: they are stored in one commit. RFC 3416: 0 for undoFailed. */
		return { status, index: status === errorStatus.undoFailed ? 0 : Math.min(1, pdu.bindings.length) };
	}

	private test(principal: Principal, { oid, tag: kind, value }: Binding, changes: Changes): number {
		if (!principal.write || !isVisible(principal, oid)) return errorStatus.noAccess;
		const found = this.#tree.find(oid);
		if (found === "noSuchObject") return errorStatus.notWritable;
		if (found === "noSuchInstance") return errorStatus.noCreation;
		const { write } = found.node;
		if (write === undefined) return errorStatus.notWritable;
		const status = testValue(found.node.tag, write, kind, value);
		if (status !== errorStatus.noError || value === undefined || !isPlain(value)) return status;
		return write.take(changes, value);
	}
}

/** No object of ours that can be set holds an identifier. */
function isPlain(value: NonNullable<Binding["value"]>): value is number | Uint8Array {
	return typeof value === "number" || value instanceof Uint8Array;
}
