// SPDX-License-Identifier: Apache-2.0
//
// The user agent server: takes messages, decides, gives back the response. Knows no socket and no timer.
// Keeps: requests that were taken, digest requests that were taken, counters. All bounded.
// Sources: RFC 3261 section 8.2, RFC 6665, RFC 3261 section 22 (authentication of a user agent by a user agent).

import type { Authority, Credentials, Judgement } from "./authority.js";
import type { Effect } from "./coalescer.js";
import type { DebugPort } from "../debug/port.js";
import { tellDecision, tellReceived } from "./debug-text.js";
import { SIPError } from "./error.js";
import type { Message } from "./framing.js";
import { firstOf, type Head } from "./head.js";
import { readRequest, type SIPRequest } from "./request.js";
import { responsePort, writeResponse, type Answer, type Peer } from "./response.js";
import { disabled, judgeRequest, optionsAnswer, wantsRestart, type Refusal } from "./rules.js";
import { transactionKey, type Transactions } from "./transactions.js";
import { SHA256 } from "../bytes/sha256.js";
import { toHex } from "../bytes/text.js";
import { readParty, readVia, type Via } from "./values.js";

export interface AgentOptions {
	/** Whether NOTIFY is obeyed. */
	enabled(): boolean;
	/** Whether requests from this address need no password. */
	trusts(address: string): boolean;
	/** Whoever is not trusted is asked for these; `undefined`: refused. */
	credentials(): Credentials | undefined;
	readonly authority: Authority;
	readonly transactions: Transactions;
	/** Triggers the update. @param requester for events */
	request(requester: string, restart: boolean): Effect;
	/** Told of what was decided about a request. */
	onNote?(note: Note): void;
	/** Told of messages and what became of them. */
	readonly debug?: DebugPort | undefined;
	/** Fills with bytes that nobody can guess. */
	random(bytes: Uint8Array): void;
}

/** One request and what became of it; nothing in it was written by a stranger. */
export interface Note {
	result: "triggered" | "joined" | "refused" | "challenged";
	transport: Peer["transport"];
	address: string;
	/** Of the response; 0 for none. */
	status: number;
	/** A word, or the code of a SIPError. */
	reason: string;
}

export interface Response {
	bytes: Uint8Array;
	/** For UDP: goes to the address of the request. */
	port: number;
}

type Decision = Refusal & {
	result: Note["result"] | "answered" | "retransmitted";
	/** Where it could be read. */
	frame?: Frame;
};

/** Seconds after which a restart is over. */
const retryAfter = 30;
const tagBytes = 4;

/** What an answer needs of a request that may be broken otherwise. */
interface Frame {
	via: Via;
	hasTag: boolean;
}

/** What an answer copies beside Via and To. */
const others = Object.freeze(["from", "call-id", "cseq"] as const);

/** @returns `undefined` when nobody can be answered */
function frameOf(head: Head): Frame | undefined {
	const via = firstOf(head, "via");
	const to = firstOf(head, "to");
	if (via === undefined || to === undefined || others.some((name) => firstOf(head, name) === undefined))
		return undefined;
	try {
		return { via: readVia(head, via), hasTag: hasTag(head, to) };
	} catch (error) {
		if (error instanceof SIPError) return undefined;
		throw error;
	}
}

function hasTag(head: Head, to: Head["fields"][number]): boolean {
	try {
		return readParty(head, to).tag !== undefined;
	} catch (error) {
		if (error instanceof SIPError) return false;
		throw error;
	}
}

function refusal(reason: string, answer: Answer): Decision {
	return { result: "refused", reason, answer };
}

export class Agent {
	readonly #options: AgentOptions;
	readonly #secret = new Uint8Array(32);
	/** How often each thing happened: a bounded set of words. */
	readonly counts = new Map<string, number>();

	constructor(options: AgentOptions) {
		this.#options = options;
		options.random(this.#secret);
	}

	count(what: string, times = 1): void {
		this.counts.set(what, (this.counts.get(what) ?? 0) + times);
	}

	/** What has come is no message. */
	unreadable(error: SIPError, transport: Peer["transport"], address: string): void {
		this.count(`unreadable: ${error.code}`);
		this.#options.debug?.line?.(`< ${transport} ${address} not readable: ${error.code}, ${error.message}`);
	}

	/** @returns what to send back, if anything */
	receive(message: Message, peer: Peer): Response | undefined {
		this.count("received");
		tellReceived(this.#options.debug, message, peer);
		const { head, size } = message;
		const { line } = head;
		if (line.kind === "response") return this.drop("response");
		if (line.kind === "request" && line.method === "ACK") return this.drop("ack");
		const decision = this.decide(message, peer);
		const { answer, reason, result, frame = frameOf(head) } = decision;
		const tag = frame === undefined || frame.hasTag ? "" : this.tag(head);
		const bytes = frame === undefined ? undefined : writeResponse({ head, via: frame.via, peer }, answer, tag, size);
		this.count(result === "refused" ? `refused: ${reason}` : result);
		if (result !== "answered" && result !== "retransmitted") {
			const status = bytes === undefined ? 0 : answer.status;
			this.#options.onNote?.({ result, transport: peer.transport, address: peer.address, status, reason });
		}
		tellDecision(this.#options.debug, result, reason, bytes);
		if (frame === undefined || bytes === undefined) return this.drop("unanswered");
		return { bytes, port: responsePort(frame.via, peer) };
	}

	private drop(what: string): undefined {
		this.count(what);
		return undefined;
	}

	/** The same for a retransmission, which is the same bytes. Few bytes of the hash go out, so nobody can prolong it. */
	private tag(head: Head): string {
		const hash = new SHA256();
		hash.update(this.#secret);
		hash.update(head.bytes.subarray(0, head.end));
		return toHex(hash.digest().subarray(0, tagBytes));
	}

	private decide({ head, bodyLength, fault }: Message, peer: Peer): Decision {
		try {
			const request = readRequest(head, bodyLength);
			if (fault !== undefined) throw fault;
			const decision = this.judge(request, peer);
			decision.frame = { via: request.via, hasTag: request.to.tag !== undefined };
			return decision;
		} catch (error) {
			if (!(error instanceof SIPError)) throw error;
			const { code } = error;
			if (code === "SIP_VERSION") return refusal(code, { status: 505 });
			return refusal(code, { status: 400, phrase: `Bad Request (${code})` });
		}
	}

	private judge(request: SIPRequest, peer: Peer): Decision {
		const key = transactionKey(request, peer.address);
		if (this.#options.transactions.has(key)) return { result: "retransmitted", reason: "", answer: { status: 200 } };
		const refused = judgeRequest(request);
		if (refused !== undefined) return { result: "refused", ...refused };
		if (request.method === "OPTIONS") return { result: "answered", reason: "", answer: optionsAnswer };
		return this.notify(request, peer, key);
	}

	private notify(request: SIPRequest, peer: Peer, key: string): Decision {
		const options = this.#options;
		if (!options.enabled()) return { result: "refused", ...disabled };
		const restart = wantsRestart(request);
		if (restart === undefined) return refusal("SIP_EVENT", { status: 400, phrase: "Bad Request (SIP_EVENT)" });
		const refused = options.trusts(peer.address) ? undefined : this.authenticate(request, peer.address);
		if (refused !== undefined) return refused;
		const effect = options.request(`SIP ${peer.transport} ${peer.address}`, restart);
		if (effect === "refused") return refusal("restarting", { status: 503, fields: [`Retry-After: ${retryAfter}`] });
		if (peer.transport === "UDP") options.transactions.add(key);
		return { result: effect, reason: restart ? "check-sync;reboot=true" : "check-sync", answer: { status: 200 } };
	}

	private authenticate({ authorization, method }: SIPRequest, address: string): Decision | undefined {
		const credentials = this.#options.credentials();
		if (credentials === undefined) return refusal("source", { status: 403 });
		const { authority } = this.#options;
		const judgement: Judgement = authority.judge(authorization, method, address, credentials);
		switch (judgement) {
			case "right":
				return undefined;
			case "locked":
				return refusal("locked", { status: 403 });
			case "unfit":
				return refusal("digest", { status: 400, phrase: "Digest with MD5 or SHA-256 and qop auth expected" });
			case "none":
			case "wrong":
			case "stale":
			case "replayed": {
				const stale = judgement === "stale" || judgement === "replayed";
				const answer = { status: 401, fields: authority.challenge(address, credentials, stale) };
				if (judgement === "none" || judgement === "stale") return { result: "challenged", reason: judgement, answer };
				return refusal(judgement === "wrong" ? "password" : judgement, answer);
			}
			default:
				return judgement satisfies never;
		}
	}
}
