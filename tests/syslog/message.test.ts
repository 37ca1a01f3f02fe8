// SPDX-License-Identifier: Apache-2.0
//
// Messages by the vectors, and what holds for any message: bounded, whole characters, readable by the grammar of RFC 5424.

import assert from "node:assert/strict";
import test from "node:test";
import { decodeUTF8, encodeUTF8 } from "../../modules/bytes/text.js";
import {
	encodeMessage,
	severities,
	type Severity,
	type SyslogMessage,
	wholeLength,
} from "../../modules/syslog/message.js";
import { Random } from "../harness/random.js";
import { loadVectors } from "../harness/vectors.js";

interface Vector {
	rule: string;
	message: Omit<SyslogMessage, "time"> & { time: number | null };
	limit?: number;
	text: string;
}

test("each vector gives its datagram", () => {
	const vectors = loadVectors("syslog/vectors").filter(({ name }) => name.endsWith(".json"));
	assert.ok(vectors.length >= 20);
	for (const { name, bytes } of vectors) {
		const { rule, message, limit, text } = JSON.parse(decodeUTF8(bytes)) as Vector;
		const encoded = encodeMessage({ ...message, time: message.time ?? undefined }, limit);
		assert.deepEqual(encoded, encodeUTF8(text), `${name}: ${rule}: ${decodeUTF8(encoded)}`);
	}
});

/** RFC 5424 section 6, as far as it can be told from text. */
const grammar =
	/^<([0-9]{1,3})>1 (-|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{3}Z) [!-~]{1,255} [!-~]{1,48} - [!-~]{1,32} (-|(\[[!#-<>-\\^-~]{1,32}( [!#-<>-\\^-~]{1,32}="([^"\\\]]|\\.)*")*\])+)( [^\n]*)?$/;

const alphabet = ["a", "Z", " ", '"', "\\", "]", "[", "=", "\n", "\0", "\u0085", "ä", "€", "😀", "\ud83d", "-"];

function randomText(random: Random, longest: number): string {
	let text = "";
	for (let i = random.below(longest + 1); i > 0; i--) text += random.pick(alphabet);
	return text;
}

test("whatever goes in, a message of the grammar within its limit comes out", () => {
	const random = new Random(5424);
	for (let round = 0; round < 300; round++) {
		const at = `seed ${random.seed} round ${round}`;
		const data = Array.from({ length: random.below(4) }, () => ({
			id: randomText(random, 40),
			parameters: Array.from(
				{ length: random.below(6) },
				() => [randomText(random, 40), randomText(random, 90)] as const,
			),
		}));
		const severity = random.pick(Object.keys(severities)) as Severity;
		const time = random.below(3) === 0 ? undefined : random.next() * 1000;
		const names = { hostName: randomText(random, 99), application: randomText(random, 70), id: randomText(random, 50) };
		const message = { facility: random.below(24), severity, time, ...names, data, text: randomText(random, 600) };
		const limit = 480 + random.below(600);
		const bytes = encodeMessage(message, limit);
		assert.ok(bytes.length <= limit, at);
		const text = decodeUTF8(bytes, { fatal: true });
		assert.match(text, grammar, at);
		assert.equal(Number(grammar.exec(text)?.[1]), message.facility * 8 + severities[severity], at);
	}
});

test("wholeLength() ends between two characters", () => {
	const bytes = encodeUTF8("aä€😀");
	assert.deepEqual(
		Array.from({ length: 11 }, (_, limit) => wholeLength(bytes, limit)),
		[0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10],
	);
});
