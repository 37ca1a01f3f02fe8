// SPDX-License-Identifier: Apache-2.0
//
// What the SDK's tests use of the chip's engine that the engine on Linux lacks: Promise.withResolvers (ES2024), and the
// conversions between text and buffer, which XS leaves out where it keeps strings as CESU-8. Preloaded, so that it runs
// before the built-ins are frozen.

import { decodeUTF8, encodeUTF8 } from "upgate/bytes/text";

function withResolvers(): object {
	const result: Record<string, unknown> = {};
	result.promise = new Promise((resolve, reject) => Object.assign(result, { resolve, reject }));
	return result;
}

function add(target: object, name: string, value: unknown): void {
	if (!(name in target)) Object.defineProperty(target, name, { value });
}

add(Promise, "withResolvers", withResolvers);
add(ArrayBuffer, "fromString", (text: unknown) => encodeUTF8(String(text)).buffer);
add(String, "fromArrayBuffer", (buffer: ArrayBuffer) => decodeUTF8(new Uint8Array(buffer)));
