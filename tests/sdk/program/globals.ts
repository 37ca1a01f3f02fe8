// SPDX-License-Identifier: Apache-2.0
//
// The globals that the SDK's tests take from its test program.
// Left out: `$262`, `screen`, Wi-Fi, `$TESTMC.Behavior`. Source: Moddable SDK 8.2.3, documentation/tools/testing.md.

import Timer from "timer";
import { assert, Test262Error } from "./assert.js";
import { HostBuffer, HostObject, HostObjectChunk } from "./host-objects.js";
import { network } from "./network.js";
import { fail, pass } from "./report.js";

function done(error?: unknown): void {
	if (error) fail(error);
	else pass();
}

/** Wraps a callback that ends an async test: passed when it returns, failed when it throws. */
function endWith(body: (...values: unknown[]) => void): (...values: unknown[]) => void {
	return (...values) => {
		try {
			body(...values);
			done();
		} catch (error) {
			fail(error);
		}
	};
}

const testProgram = Object.freeze({
	timeout(ms: number, message = "timeout") {
		Timer.set(() => fail(message), ms);
	},
	HostObject,
	HostObjectChunk,
	HostBuffer,
	config: Object.freeze({ flashPartition: "xs_test" }),
});

/** Puts them in place. @param trace takes what tests tell */
export function installGlobals(trace: (text: string) => void): void {
	Object.assign(globalThis, {
		assert,
		Test262Error,
		$DONE: done,
		$DO: endWith,
		$TESTMC: testProgram,
		$NETWORK: network,
		trace: (...values: unknown[]) => trace(values.map(String).join("")),
	});
}
