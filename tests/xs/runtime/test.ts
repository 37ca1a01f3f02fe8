// SPDX-License-Identifier: Apache-2.0
//
// Stands for `node:test` under XS: registers the tests that a test file declares. Only `test(name, [options], fn)`,
// `test.skip` and `test.todo`; no sub-tests, hooks or suites.

export interface Options {
	skip?: boolean | string;
	todo?: boolean | string;
	only?: boolean;
}

export type Body = () => unknown;

export interface Declared {
	name: string;
	options: Options;
	body: Body;
}

const declared: Declared[] = [];

/** Takes the tests declared since the last call. */
export function takeDeclared(): Declared[] {
	return declared.splice(0);
}

function declare(name: string, options: Options | Body, body?: Body): Promise<void> {
	if (typeof options === "function") declared.push({ name, options: {}, body: options });
	else if (body !== undefined) declared.push({ name, options, body });
	else throw new TypeError(`test "${name}" has no function`);
	return Promise.resolve();
}

function skip(name: string, body: Body): Promise<void> {
	return declare(name, { skip: true }, body);
}

function todo(name: string, body: Body): Promise<void> {
	return declare(name, { todo: true }, body);
}

const test = Object.assign(declare, { skip, todo, test: declare });

export { test };
export default test;
