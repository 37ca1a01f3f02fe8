// SPDX-License-Identifier: Apache-2.0
//
// What the SDK's tests use of a newer language than the engine on Linux has: Promise.withResolvers (ES2024). Preloaded, so
// that it runs before the built-ins are frozen.

function withResolvers(): object {
	const result: Record<string, unknown> = {};
	result.promise = new Promise((resolve, reject) => Object.assign(result, { resolve, reject }));
	return result;
}

if (!("withResolvers" in Promise)) Object.defineProperty(Promise, "withResolvers", { value: withResolvers });

export {};
