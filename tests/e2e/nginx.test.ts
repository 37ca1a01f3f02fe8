// SPDX-License-Identifier: Apache-2.0
//
// The provisioning server may be any web server: the same update against Debian's nginx.

import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { Bench, firmware, isVerdict, mac } from "./bench.js";
import { Nginx } from "./nginx.js";

test("a gateway updates from nginx serving the same folder, and then gets 304 for both files", async (t) => {
	const bench = await Bench.make({ ini: "" });
	t.after(() => bench.close());
	chmodSync(bench.folder, 0o755);
	const server = await Nginx.start(join(bench.folder, "nginx"), bench.www);
	t.after(() => server.close());
	writeFileSync(join(bench.www, "firmware.cmp"), await firmware("1.1.0"));
	writeFileSync(
		join(bench.www, `config_${mac}.ini`),
		`INIFileVersion = 3\nIniFileURL = '${server.url}/config_<MAC>.ini'\nAutoCmpFileUrl = '${server.url}/firmware.cmp'\n`,
	);
	bench.powerOn();
	await bench.until(isVerdict("nothing-new"));
	bench.type(`set IniFileURL ${server.url}/config_<MAC>.ini`);
	bench.type("update");
	await bench.until(isVerdict("confirmed"));
	assert.equal(bench.all("boot").at(-1)?.version, "1.1.0");
	await bench.until(isVerdict("nothing-new"));
	bench.type("update");
	await bench.until(isVerdict("nothing-new"));
	const lines = await server.log(4, " 304 ");
	assert.deepEqual(lines.slice(-2), [
		`GET /config_${mac}.ini HTTP/1.1 304 "Mozilla/4.0 (compatible; upgate; upgate;1.1.0;${mac};3)"`,
		`GET /firmware.cmp HTTP/1.1 304 "Mozilla/4.0 (compatible; upgate; upgate;1.1.0;${mac};3)"`,
	]);
});
