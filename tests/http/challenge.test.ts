// SPDX-License-Identifier: Apache-2.0
//
// Authentication fields over their vectors: whole, cut off, changed at random; and the Digest computation over the examples of
// the RFCs.

import test from "node:test";
import assert from "node:assert/strict";
import { MD5 } from "../../modules/bytes/md5.js";
import { decodeLatin1, decodeUTF8, encodeLatin1, toHex } from "../../modules/bytes/text.js";
import { parseAuthParameters, parseChallenges, type Challenge } from "../../modules/http/challenge.js";
import {
	digestAuthorization,
	digestResponse,
	expectedRspauth,
	newHash,
	quote,
	readDigestChallenge,
	toByteString,
	type DigestQuality,
	type DigestRequest,
} from "../../modules/http/digest.js";
import { HTTPError } from "../../modules/http/errors.js";
import { Random } from "../harness/random.js";
import { loadVectors } from "../harness/vectors.js";

interface Case {
	name: string;
	text: string;
	expected: Record<string, unknown>;
}

function load(folder: string): Case[] {
	const files = loadVectors(folder);
	return files
		.filter((file) => file.name.endsWith(".txt"))
		.map(({ name, bytes }) => {
			const json = files.find((file) => file.name === name.replace(/txt$/, "json"));
			const { section, ...expected } = JSON.parse(decodeUTF8(json!.bytes)) as Record<string, unknown>;
			assert.ok(typeof section === "string");
			return { name, text: decodeLatin1(bytes), expected };
		});
}

/** In the form of the vectors. */
function read(text: string): Record<string, unknown> {
	try {
		const challenges = parseChallenges(text).map(({ parameters, ...rest }) => ({
			...rest,
			parameters: parameters.map(({ name, value }) => [name, value]),
		}));
		return { challenges };
	} catch (error) {
		if (!(error instanceof HTTPError)) throw error;
		return { code: error.code, offset: error.offset };
	}
}

const valid = load("http/vectors/challenges/valid");
const invalid = load("http/vectors/challenges/invalid");

test("parseChallenges() gives what the vectors say, and refuses the others with their offset", () => {
	assert.ok(valid.length > 15 && invalid.length > 15);
	for (const { name, text, expected } of [...valid, ...invalid]) assert.deepEqual(read(text), expected, name);
});

test("a field cut off anywhere gives challenges or HTTP_CHALLENGE within it", () => {
	for (const { name, text } of [...valid, ...invalid]) {
		for (let at = 0; at < text.length; at++) {
			const result = read(text.slice(0, at));
			if (result.code === undefined) continue;
			assert.equal(result.code, "HTTP_CHALLENGE", name);
			assert.ok(Number(result.offset) >= 0 && Number(result.offset) <= at, `${name} cut off at ${at}`);
		}
	}
});

function serialize(challenges: readonly Challenge[]): string {
	return challenges
		.map(({ scheme, token68, parameters }) => {
			const list = parameters.map(({ name, value }) => `${name}=${quote(value)}`).join(", ");
			return [scheme, token68 ?? list].filter((part) => part !== "").join(" ");
		})
		.join(", ");
}

test("what was read and written again is read as the same", () => {
	for (const { name, text } of valid) {
		const challenges = parseChallenges(text);
		assert.deepEqual(parseChallenges(serialize(challenges)), challenges, name);
	}
});

test("changed bytes give challenges or HTTP_CHALLENGE, never anything else", () => {
	const all = [...valid, ...invalid];
	const telling = encodeLatin1('",=\\ \t\x00\x7f\xffA');
	for (let seed = 1; seed <= 4000; seed++) {
		const random = new Random(seed);
		const bytes = Array.from(encodeLatin1(random.pick(all).text));
		for (let count = 1 + random.below(4); count > 0; count--) {
			const byte = random.below(2) === 0 ? random.below(256) : telling[random.below(telling.length)]!;
			bytes.splice(random.below(bytes.length + 1), random.below(2), ...(random.below(3) === 0 ? [] : [byte]));
		}
		const text = decodeLatin1(Uint8Array.from(bytes));
		const result = read(text);
		assert.ok(result.challenges !== undefined || result.code === "HTTP_CHALLENGE", `seed ${seed}`);
		if (result.challenges !== undefined) {
			const challenges = parseChallenges(text);
			assert.deepEqual(parseChallenges(serialize(challenges)), challenges, `seed ${seed}`);
		}
	}
});

test("parseAuthParameters() reads Authentication-Info and refuses a scheme in it", () => {
	const info = parseAuthParameters('rspauth="6629", cnonce="0a", nc=00000001, qop=auth');
	assert.deepEqual(
		info.map(({ name, value }) => `${name}:${value}`),
		["rspauth:6629", "cnonce:0a", "nc:00000001", "qop:auth"],
	);
	assert.deepEqual(parseAuthParameters(" , "), []);
	assert.throws(() => parseAuthParameters("Digest nonce=x"), { code: "HTTP_CHALLENGE", offset: 0 });
	assert.throws(() => parseAuthParameters("nc=1, Digest"), { code: "HTTP_CHALLENGE", offset: 6 });
});

interface DigestVector {
	challenge: string;
	user: string;
	password: string;
	method: string;
	uri: string;
	cnonce: string;
	count: number;
	response: string;
	authorization: string;
	rspauth?: string;
	body: string;
	quality: DigestQuality | null;
}

test("the Digest computation gives what the RFCs and an independent program give", () => {
	const vectors = loadVectors("http/vectors/digest");
	assert.ok(vectors.length > 15);
	for (const { name, bytes } of vectors) {
		const vector = JSON.parse(decodeUTF8(bytes)) as DigestVector;
		const challenge = readDigestChallenge(parseChallenges(vector.challenge)[0]!);
		assert.ok(challenge !== undefined, name);
		const { method, uri, cnonce, count } = vector;
		const [user, password] = [toByteString(vector.user), toByteString(vector.password)];
		const request: DigestRequest = { challenge: challenge!, user, password, method, uri, cnonce, count };
		assert.equal(digestResponse(request), vector.response, name);
		assert.equal(digestAuthorization(request), vector.authorization, name);
		if (vector.rspauth === undefined) continue;
		const body = newHash(challenge!.hash);
		body.update(encodeLatin1(vector.body));
		const rspauth = expectedRspauth(request, vector.quality ?? undefined, toHex(body.digest()));
		assert.equal(rspauth, vector.rspauth, name);
	}
});

test("readDigestChallenge() leaves what it does not know, and refuses what lacks realm or nonce", () => {
	const readOne = (text: string) => readDigestChallenge(parseChallenges(`Digest ${text}`)[0]!);
	assert.equal(readOne('realm="r", nonce="n", algorithm=SHA-512-256'), undefined);
	assert.equal(readOne('realm="r", nonce="n", qop="auth-conf"'), undefined);
	assert.throws(() => readOne('realm="r"'), { code: "HTTP_CHALLENGE" });
	assert.throws(() => readOne('nonce="n"'), { code: "HTTP_CHALLENGE" });
	const plain = readOne('realm="r", nonce="n"')!;
	assert.deepEqual(plain, {
		realm: "r",
		nonce: "n",
		hash: "MD5",
		session: false,
		stale: false,
		userhash: false,
		utf8: false,
	});
	assert.equal(readOne('realm="r", nonce="n", qop="AUTH-INT, x"')!.quality, "auth-int");
	assert.equal(readOne('realm="r", nonce="n", qop=" auth-int ,Auth"')!.quality, "auth");
	assert.equal(readOne('realm="r", nonce="n", qop=""')!.quality, undefined);
	assert.equal(readOne('realm="r", nonce="n", stale=TRUE')!.stale, true);
	assert.ok(newHash("MD5") instanceof MD5);
});
