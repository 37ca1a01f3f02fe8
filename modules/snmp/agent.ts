// SPDX-License-Identifier: Apache-2.0
//
// The agent: takes datagrams of those who may ask, no more of each than the rate, and answers one at a time. A datagram that is
// no message is counted and dropped; nothing a peer sends throws.
// Sources: RFC 3412 section 4 (dispatcher), RFC 1157 section 4.1, RFC 1901, RFC 3584 section 5 (communities).

import type { TimerHandle, TimerService } from "../ecma419/timer.js";
import type { Datagram, UDP, UDPConstructor } from "../ecma419/udp.js";
import { encodeUTF8 } from "../bytes/text.js";
import type { DebugPort } from "../debug/port.js";
import type { Principal } from "./access.js";
import { ActionState } from "./action-state.js";
import type { BERReader } from "./ber.js";
import { BERWriter } from "./ber-writer.js";
import type { AgentConfig } from "./config.js";
import type { AgentContext, AgentPorts } from "./context.js";
import { tellAnswer, tellRequest } from "./debug-text.js";
import { Counters } from "./counters.js";
import { Engine, engineIDOf } from "./engine.js";
import { SNMPError } from "./error.js";
import { readCommunityMessage, readHead, version, writeCommunityMessage } from "./message.js";
import { groups, groupsWithOriginal } from "./objects/index.js";
import type { Notification } from "./notification.js";
import { Notifier } from "./notifier.js";
import { pduType } from "./pdu.js";
import { RateLimit } from "./rate-limit.js";
import { Responder, type Asked, type Frame } from "./responder.js";
import { SetMemory } from "./set-memory.js";
import type { CryptoPort } from "./protocols.js";
import { Tree } from "./tree.js";
import { sameBytes, USM, type User } from "./usm.js";
import { V3Handler, type V3Desk } from "./v3-handler.js";
import type { V3Message } from "./v3-message.js";

export interface AgentOptions {
	readonly io: UDPConstructor;
	readonly timer: TimerService;
	/** Monotonic milliseconds. */
	readonly ticks: () => number;
	readonly ports: AgentPorts;
	readonly config: AgentConfig;
	readonly crypto: CryptoPort;
	/** Local address to bind, default any. */
	readonly address?: string | undefined;
	/** Told of messages and what became of them. */
	readonly debug?: DebugPort | undefined;
}

/** Fits an Ethernet frame with IPv4 or IPv6; RFC 3417 section 3.2.1 recommends it. */
export const maxMessageBytes = 1452;
/** Datagrams of one turn of the event loop. */
const batch = 4;

function onReadable(this: UDP): void {
	(this.target as Agent).drain();
}

export class Agent implements V3Desk {
	readonly context: AgentContext;
	readonly #options: AgentOptions;
	readonly #limit: RateLimit;
	readonly #sets: SetMemory;
	readonly #responder: Responder;
	readonly #usm: USM;
	readonly #v3: V3Handler;
	/** Where there are managers. */
	readonly #notifier: Notifier | undefined;
	#socket: UDP | undefined;
	#timer: TimerHandle | undefined;
	#most = 0;

	/** Counts a start of the engine. Opens nothing; see `start`. */
	constructor(options: AgentOptions) {
		const { ports, config, crypto } = options;
		const { mac } = ports.board;
		const { ticks } = options;
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
			debug: options.debug,
		};
		const tree = new Tree(config.original ? groupsWithOriginal : groups, this.context);
		this.#responder = new Responder(tree, this.context);
		this.#usm = new USM({ crypto, engine: this.context.engine, random: (bytes) => ports.board.random(bytes) });
		if (config.managers.length > 0)
			this.#notifier = new Notifier({
				...{ context: this.context, usm: this.#usm, timer: options.timer },
				community: config.trapCommunity,
				managers: config.managers,
				socket: this,
			});
		this.#v3 = new V3Handler(this.context, this.#usm, this);
	}

	/** Users of SNMPv3, from now on. */
	set users(users: readonly User[]) {
		this.#usm.users = users;
	}

	/** Engines that keys are needed for: ours, and those of managers that informs of v3 go to. */
	get engines(): Uint8Array[] {
		const theirs = this.#options.config.managers.filter(({ inform, engineID }) => inform && engineID.length > 0);
		return [this.context.engine.id, ...theirs.map(({ engineID }) => engineID)];
	}

	/** Opens the port. @throws what the socket throws */
	start(): void {
		const { io, config, address } = this.#options;
		const where = address === undefined ? {} : { address };
		this.#socket = new io({ port: config.port, ...where, target: this, onReadable });
	}

	/** Users of SNMPv3 that may ask. */
	get userNames(): string[] {
		const here = this.#usm.users.filter(({ engineID }) => sameBytes(engineID, this.context.engine.id));
		return here.map(({ principal }) => principal.name);
	}

	/** Bytes that are kept of requests and for notifications, about. */
	get held(): number {
		return this.#sets.held + this.#limit.held + (this.#notifier?.held ?? 0);
	}

	/** The most that was held while a request was answered: the datagram and the answer count too. */
	get mostHeld(): number {
		return this.#most;
	}

	get listening(): boolean {
		return this.#socket !== undefined;
	}

	/** Tells the managers. */
	notify(notification: Notification): void {
		this.#notifier?.notify(notification);
	}

	close(): void {
		this.#notifier?.close();
		this.#options.timer.clear(this.#timer);
		this.#timer = undefined;
		this.#socket?.close();
		this.#socket = undefined;
	}

	/** For the socket: a few datagrams a turn, so that a flood leaves turns for the rest of the program. */
	drain(): void {
		for (let i = 0; i < batch; i++) {
			const packet = this.#socket?.read();
			if (packet === undefined) return;
			this.receive(packet);
		}
		this.#timer ??= this.#options.timer.set(() => {
			this.#timer = undefined;
			this.drain();
		}, 0);
	}

	private receive(packet: Datagram): void {
		const { counters } = this.context;
		const { address, port } = packet;
		const known = this.#options.config.sources.allows(address) || this.#notifier?.expects(address) === true;
		if (!known) {
			counters.foreignSources++;
			this.context.debug?.line?.(`: ${address} refused: this source may not ask`);
		} else if (!this.#limit.take(address)) {
			counters.tooFast++;
			this.context.debug?.line?.(`: ${address} refused: above the rate`);
		} else {
			counters.inPkts++;
			const answer = this.answer(packet);
			this.#most = Math.max(this.#most, this.held + packet.byteLength + maxMessageBytes);
			if (answer !== undefined) this.send(answer, address, port);
		}
	}

	/** For the agent's own parts: sends a datagram, if it can be sent. */
	send(answer: Uint8Array, address: string, port: number): void {
		try {
			this.#socket?.write(answer, address, port);
			this.context.counters.outPkts++;
		} catch {
			this.context.counters.silentDrops++; // no way there: whoever asks asks again
		}
	}

	/** Nothing that is in a datagram may stop the program. */
	private answer(packet: Datagram): Uint8Array | undefined {
		const { counters } = this.context;
		if (packet.byteLength > maxMessageBytes) {
			counters.silentDrops++;
			return undefined;
		}
		try {
			const whole = new Uint8Array(packet);
			const head = readHead(whole);
			if (head.version === version.v3) return this.#v3.answer(head.body, whole);
			return this.answerCommunity(head.version, head.body, packet);
		} catch (error) {
			if (!(error instanceof SNMPError)) throw error;
			if (error.code === "SNMP_VERSION") counters.inBadVersions++;
			else if (error.code === "SNMP_PDU") counters.unknownPDUHandlers++;
			else counters.inASNParseErrs++;
			this.context.debug?.line?.(`: ${packet.address} not readable: ${error.code}, ${error.message}`);
			return undefined;
		}
	}

	private answerCommunity(used: number, body: BERReader, { address, port }: Datagram): Uint8Array | undefined {
		const { counters } = this.context;
		const { community, pdu } = readCommunityMessage(used, body);
		if (pdu.type === pduType.response && this.#notifier?.take(pdu, address) === true) return undefined;
		const principal = this.principal(community);
		const line = this.context.debug?.line;
		if (line !== undefined) tellRequest(line, `${address} port ${port} ${used === version.v1 ? "v1" : "v2c"}`, pdu);
		if (principal === undefined) {
			counters.inBadCommunityNames++;
			line?.(": refused: wrong community");
			return undefined;
		}
		const v1 = used === version.v1;
		if (pdu.type === pduType.set && !principal.write) counters.inBadCommunityUses++;
		const asked = { pdu, principal: { ...principal, name: address }, v1 };
		const frame: Frame = (writer, body) => writeCommunityMessage(writer, { version: used, community }, body);
		return this.respond(asked, `${address} ${port}`, frame, maxMessageBytes);
	}

	private principal(community: Uint8Array): Principal | undefined {
		const same = ({ bytes }: { bytes: Uint8Array }): boolean =>
			bytes.length === community.length && bytes.every((byte, i) => byte === community[i]);
		return this.#options.config.communities.find(same)?.principal;
	}

	/** For the agent's own parts. */
	foreign(message: V3Message, whole: Uint8Array): boolean {
		return this.#notifier?.takeV3(message, whole) === true;
	}

	/** For the agent's own parts: carries a request out. @param asker what repetitions of a set are known by */
	respond(asked: Asked, asker: string, frame: Frame, capacity: number): Uint8Array | undefined {
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
		const writer = new BERWriter(capacity);
		const fault = this.#responder.respond({ ...asked, before }, writer, frame);
		if (isSet && before === undefined && fault !== undefined) this.#sets.add(asker, pdu, fault);
		if (fault === undefined) counters.silentDrops++;
		const answer = fault === undefined ? undefined : writer.finish();
		tellAnswer(this.context.debug, answer, pdu);
		return answer;
	}
}
