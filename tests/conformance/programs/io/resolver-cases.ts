// SPDX-License-Identifier: Apache-2.0
//
// Resolver: literals, localhost, the hosts file, names without address, bounds, close.

import Resolver from "embedded:network/dns/resolver/udp";
import Timer from "timer";
import { type Case, Deferred, delay, ok, same, throws } from "./cases.js";

type CodedError = Error & { code: string };
type Request = Parameters<Resolver["resolve"]>[0];

/** The address, or the code of the error. */
async function ask(resolver: Resolver, host: string, family?: 0 | 4 | 6): Promise<string> {
	const done = new Deferred<string>();
	let inside = true;
	resolver.resolve({
		host,
		family,
		onResolved(name, address) {
			done.guard(() => {
				ok(!inside, "callback from inside resolve");
				same(this, resolver, "this");
				same(name, host, "host");
				done.resolve(address);
			});
		},
		onError(name, error) {
			done.guard(() => {
				ok(!inside, "callback from inside resolve");
				same(name, host, "host");
				ok(error instanceof Error, "an Error");
				done.resolve((error as CodedError).code);
			});
		},
	});
	inside = false;
	return done.promise;
}

async function knownNames(): Promise<void> {
	const resolver = new Resolver({ servers: ["1.2.3.4"], socket: {} });
	same(await ask(resolver, "1.2.3.4"), "1.2.3.4", "IPv4 literal");
	same(await ask(resolver, "2001:DB8::0:1"), "2001:db8::1", "IPv6 literal");
	same(await ask(resolver, "localhost"), "127.0.0.1", "localhost");
	same(await ask(resolver, "LocalHost", 6), "::1", "localhost of family 6");
	same(await ask(resolver, "unit.localhost"), "127.0.0.1", "a name below localhost");
	same(await ask(resolver, "1.2.3.4", 6), "RESOLVER_NAME", "IPv4 literal, family 6");
	resolver.close();
	const six = new Resolver({ family: 6 });
	same(await ask(six, "localhost"), "::1", "family of the resolver");
	same(await ask(six, "localhost", 4), "127.0.0.1", "family of the request");
	six.close();
}

async function hostsFile(name: string): Promise<void> {
	const resolver = new Resolver();
	const address = await ask(resolver, name);
	ok(/^[0-9a-f:.]+$/.test(address), `an address, not ${address}`);
	resolver.close();
}

async function badNames(): Promise<void> {
	const resolver = new Resolver();
	same(await ask(resolver, "bad..name"), "RESOLVER_NAME", "empty label");
	same(await ask(resolver, `${"x".repeat(300)}.example`), "RESOLVER_NAME", "over 253 characters");
	resolver.close();
}

function wrongCalls(): void {
	const resolver = new Resolver();
	const onResolved = (): void => undefined;
	throws(Error, () => resolver.resolve({ onResolved } as unknown as Request), "no host");
	throws(Error, () => resolver.resolve({ host: "", onResolved } as unknown as Request), "empty host");
	throws(Error, () => resolver.resolve({ host: "a" } as unknown as Request), "no callback");
	throws(Error, () => resolver.resolve({ host: "a", onResolved: 1 } as unknown as Request), "callback");
	throws(RangeError, () => resolver.resolve({ host: "a", onResolved, family: 5 } as unknown as Request), "family");
	throws(RangeError, () => new Resolver({ family: 7 }), "family of the resolver");
	resolver.close();
	resolver.close();
	throws(Error, () => resolver.resolve({ host: "a", onResolved } as unknown as Request), "resolve after close");
	throws(SyntaxError, () => Resolver.prototype.close.call({} as Resolver), "foreign receiver");
}

async function closeCancels(): Promise<void> {
	let calls = 0;
	const call = (): void => void calls++;
	const resolver = new Resolver();
	for (const host of ["localhost", "bad..name", "1.2.3.4", "cancelled.invalid"]) {
		resolver.resolve({ host, onResolved: call, onError: call });
	}
	resolver.close();
	await delay(100);
	same(calls, 0, "callbacks after close");
	const other = new Resolver();
	const done = new Deferred();
	other.resolve({
		host: "localhost",
		onResolved() {
			call();
			other.close();
			done.resolve();
		},
		onError: call,
	});
	other.resolve({ host: "1.2.3.4", onResolved: call, onError: call });
	await done.promise;
	await delay(30);
	same(calls, 1, "callbacks when closed in the first");
}

/** The lookups may take long here; the loop must go on and the number of waiting ones is bounded. */
async function boundedAndNotBlocking(): Promise<void> {
	const resolver = new Resolver();
	const codes: string[] = [];
	for (let i = 0; i < 12; i++) {
		resolver.resolve({
			host: `n${String(i)}.invalid`,
			onResolved: () => void codes.push("resolved"),
			onError: (_, error) => void codes.push((error as CodedError).code),
		});
	}
	let ticks = 0;
	const timer = Timer.repeat(() => void ticks++, 10);
	await delay(300);
	Timer.clear(timer);
	ok(ticks > 10, `the loop went on: ${String(ticks)} ticks`);
	ok(codes.filter((code) => code === "RESOLVER_BUSY").length >= 4, `busy: ${codes.join()}`);
	resolver.close();
}

export function resolverCases(hostsName: string | undefined): Case[] {
	const cases: Case[] = [
		["Resolver answers literals and localhost, by family", knownNames],
		["Resolver refuses wrong calls", wrongCalls],
		["Resolver calls onError for names without address", badNames],
		["Resolver close cancels callbacks", closeCancels],
	];
	if (hostsName !== undefined) cases.push(["Resolver honours the hosts file", () => hostsFile(hostsName)]);
	cases.push(["Resolver does not block the loop and bounds waiting lookups", boundedAndNotBlocking]);
	return cases;
}
