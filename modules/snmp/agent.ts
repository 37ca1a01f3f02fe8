// SPDX-License-Identifier: Apache-2.0
//
// The agent: takes datagrams of those who may ask, no more of each than the rate, and answers one at a time. A datagram that is
// no message is counted and dropped; nothing a peer sends throws.
// Sources: RFC 3412 section 4 (dispatcher), RFC 1157 section 4.1, RFC 1901, RFC 3584 section 5 (communities).

import type { TimerHandle, TimerService } from "../ecma419/timer.js";
import type { Datagram, UDP, UDPConstructor } from "../ecma419/udp.js";
import { encodeUTF8 } from "../bytes/text.js";
import type { Principal } from "./access.js";
import { ActionState } from "./action-state.js";
import type { BERReader } from "./ber.js";
import { BERWriter } from "./ber-writer.js";
import type { AgentConfig } from "./config.js";
import type { AgentContext, AgentPorts } from "./context.js";
import { Counters } from "./counters.js";
import { Engine, engineIDOf } from "./engine.js";
import { SNMPError } from "./error.js";
import { readCommunityMessage, readHead, version, writeCommunityMessage } from "./message.js";
import { groups, groupsWithOriginal } from "./objects/index.js";
import { pduType } from "./pdu.js";
import { RateLimit } from "./rate-limit.js";
import { Responder, type Asked, type Frame } from "./responder.js";
import { SetMemory } from "./set-memory.js";
import { Tree } from "./tree.js";

export interface AgentOptions {
	io: UDPConstructor;
	timer: TimerService;
	ports: AgentPorts;
	config: AgentConfig;
	/** Local address to bind, default any. */
	address?: string | undefined;
}

/** Fits an Ethernet frame with IPv4 or IPv6; RFC 3417 section 3.2.1 recommends it. */
export const maxMessageBytes = 1452;
/** Datagrams of one turn of the event loop. */
const batch = 4;

export class Agent {
	readonly context: AgentContext;
	readonly #options: AgentOptions;
	readonly #limit: RateLimit;
	readonly #sets: SetMemory;
	readonly #responder: Responder;
	#socket: UDP | undefined;
	#timer: TimerHandle | undefined;

	/** Counts a start of the engine. Opens nothing; see `start`. */
	constructor(options: AgentOptions) {
		const { ports, config } = options;
		const { clock, mac } = ports.board;
		const ticks = (): number => clock.ticks();
		this.#options = options;
		this.#limit = new RateLimit(config.rate, ticks);
		this.#sets = new SetMemory(ticks);
		this.context = {
			ports,
			counters: new Counters(),
			engine: new Engine({ id: engineIDOf(mac), store: ports.store, ticks }),
			actions: new ActionState(ports),
			maxMessageBytes,
			text: encodeUTF8,
		};
		const tree = new Tree(config.original ? groupsWithOriginal : groups, this.context);
		this.#responder = new Responder(tree, this.context);
	}

	/** Opens the port. @throws what the socket throws */
	start(): void {
		const { io, config, address } = this.#options;
		const where = address === undefined ? {} : { address };
		this.#socket = new io({ port: config.port, ...where, onReadable: () => this.#drain() });
	}

	get listening(): boolean {
		return this.#socket !== undefined;
	}

	close(): void {
		this.#options.timer.clear(this.#timer);
		this.#timer = undefined;
		this.#socket?.close();
		this.#socket = undefined;
	}

	/** A few datagrams a turn, so that a flood leaves turns for the rest of the program. */
	#drain(): void {
		for (let i = 0; i < batch; i++) {
			const packet = this.#socket?.read();
			if (packet === undefined) return;
			this.#receive(packet);
		}
		this.#timer ??= this.#options.timer.set(() => {
			this.#timer = undefined;
			this.#drain();
		}, 0);
	}

	#receive(packet: Datagram): void {
		const { counters } = this.context;
		const { address, port } = packet;
		if (!this.#options.config.sources.allows(address)) counters.foreignSources++;
		else if (!this.#limit.take(address)) counters.tooFast++;
		else {
			counters.inPkts++;
			const answer = this.#answer(packet);
			if (answer !== undefined) this.#send(answer, address, port);
		}
	}

	#send(answer: Uint8Array, address: string, port: number): void {
		try {
			this.#socket?.write(answer, address, port);
			this.context.counters.outPkts++;
		} catch {
			this.context.counters.silentDrops++; // no way there: whoever asks asks again
		}
	}

	/** Nothing that is in a datagram may stop the program. */
	#answer(packet: Datagram): Uint8Array | undefined {
		const { counters } = this.context;
		if (packet.byteLength > maxMessageBytes) {
			counters.silentDrops++;
			return undefined;
		}
		try {
			const head = readHead(new Uint8Array(packet));
			return this.#answerCommunity(head.version, head.body, packet);
		} catch (error) {
			if (!(error instanceof SNMPError)) throw error;
			if (error.code === "SNMP_VERSION") counters.inBadVersions++;
			else if (error.code === "SNMP_PDU") counters.unknownPDUHandlers++;
			else counters.inASNParseErrs++;
			return undefined;
		}
	}

	#answerCommunity(used: number, body: BERReader, { address, port }: Datagram): Uint8Array | undefined {
		const { counters } = this.context;
		const { community, pdu } = readCommunityMessage(used, body);
		const principal = this.#principal(community);
		if (principal === undefined) {
			counters.inBadCommunityNames++;
			return undefined;
		}
		const v1 = used === version.v1;
		if (pdu.type === pduType.set && !principal.write) counters.inBadCommunityUses++;
		const asked = { pdu, principal: { ...principal, name: address }, v1 };
		const frame: Frame = (writer, body) => writeCommunityMessage(writer, { version: used, community }, body);
		return this.#respond(asked, `${address} ${port}`, frame);
	}

	#principal(community: Uint8Array): Principal | undefined {
		const same = ({ bytes }: { bytes: Uint8Array }): boolean =>
			bytes.length === community.length && bytes.every((byte, i) => byte === community[i]);
		return this.#options.config.communities.find(same)?.principal;
	}

	/** @param asker what repetitions of a set are known by */
	#respond(asked: Asked, asker: string, frame: Frame): Uint8Array | undefined {
		const { counters } = this.context;
		const { pdu, v1 } = asked;
		const requests: readonly number[] = [pduType.get, pduType.getNext, pduType.set, ...(v1 ? [] : [pduType.getBulk])];
		if (!requests.includes(pdu.type)) {
			counters.unknownPDUHandlers++;
			return undefined;
		}
		const isSet = pdu.type === pduType.set;
		const before = isSet ? this.#sets.find(asker, pdu) : undefined;
		if (before !== undefined) counters.repeated++;
		const writer = new BERWriter(maxMessageBytes);
		const fault = this.#responder.respond({ ...asked, before }, writer, frame);
		if (fault === undefined) {
			counters.silentDrops++;
			return undefined;
		}
		if (isSet && before === undefined) this.#sets.add(asker, pdu, fault);
		return writer.finish();
	}
}
