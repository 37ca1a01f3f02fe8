// SPDX-License-Identifier: Apache-2.0
//
// The MIB: smilint has nothing to say, and snmptranslate finds every object that the agent has, with its type and access.
// node-only: starts programs.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { gatewayNodes } from "../../modules/snmp/objects/gateway.js";
import { enterprise, systemPart } from "../../modules/snmp/objects/numbers.js";
import { ownNodes } from "../../modules/snmp/objects/own.js";
import { tag } from "../../modules/snmp/ber.js";
import type { Node } from "../../modules/snmp/node.js";
import { projectRoot } from "../../tools/build/index.js";

const folders = [join(projectRoot, "tests/snmp/mibs"), join(projectRoot, "modules/snmp/mibs")];
const mib = join(folders[1], "UPGATE-MIB");

const smilint = (path: string): string => {
	const env = { PATH: process.env.PATH, SMIPATH: folders[0] };
	const { stdout, stderr } = spawnSync("smilint", ["-l", "6", "-s", path], { env, encoding: "utf8" });
	return stdout + stderr;
};

test("smilint accepts the MIB, and complains about a broken one", (t) => {
	assert.equal(smilint(mib), "");
	const folder = mkdtempSync(join(tmpdir(), "upgate-mib-"));
	t.after(() => rmSync(folder, { recursive: true }));
	const broken = join(folder, "UPGATE-MIB");
	writeFileSync(broken, readFileSync(mib, "utf8").replace("upgateAttemptIndex    Integer32,", ""));
	assert.notEqual(smilint(broken), "");
});

const syntaxes: Record<number, RegExp> = {
	[tag.integer]: /SYNTAX\s+(INTEGER|Integer32)/,
	[tag.unsigned]: /SYNTAX\s+Unsigned32/,
	[tag.counter]: /SYNTAX\s+Counter32/,
	[tag.octets]: /SYNTAX\s+OCTET STRING/,
};

test("every object of the agent stands in the MIB with its number, type, range and access", () => {
	const check = (prefix: readonly number[], { id, tag: kind, write }: Node): void => {
		const oid = [...prefix, ...id].join(".");
		const args = ["-m", "UPGATE-MIB", "-M", folders.join(":"), "-Td", `.${oid}`];
		const text = execFileSync("snmptranslate", args, { encoding: "utf8" });
		assert.match(text, /^UPGATE-MIB::upgate[A-Za-z0-9]+\n/, oid);
		assert.match(text, syntaxes[kind], oid);
		assert.match(text, write === undefined ? /MAX-ACCESS\s+read-only/ : /MAX-ACCESS\s+read-write/, oid);
		const range = /SYNTAX.*\((-?[0-9]+)\.\.(-?[0-9]+)\)/.exec(text);
		if (write !== undefined && range !== null)
			assert.deepEqual(range.slice(1).map(Number), [write.min, write.max], oid);
	};
	for (const node of gatewayNodes) check([...enterprise, ...systemPart], node);
	for (const node of ownNodes) check([...enterprise, 1], node);
});
