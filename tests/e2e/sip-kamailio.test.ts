// SPDX-License-Identifier: Apache-2.0
//
// Kamailio, as the PBX, sends the NOTIFY check-sync: from a listed address, and with a password it is asked for, over UDP and TCP.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { startProvisioningServer } from "../../tools/provisioning-lib/server.js";
import { freePort } from "../harness/loopback.js";
import { Bench, isVerdict, mac } from "./bench.js";
import { Kamailio, type KamailioOptions } from "./kamailio.js";
import { without } from "./terminal.js";

const skip = without("kamailio");

interface Started {
	bench: Bench;
	pbx: (options?: Partial<KamailioOptions>) => Promise<Kamailio>;
}

async function gateway(t: TestContext, ini: string[]): Promise<Started> {
	const port = await freePort();
	const lines = ["EnableSIPRemoteReset = 1", "AutoUpdateOnStartup = 0", "TLSLocalSIPPort = 0", "SIPNotifyInterval = 0"];
	const args = ["--port", `sip=${port}`, "--listen", "127.0.0.1"];
	const bench = await Bench.make({ ini: [...lines, ...ini, ""].join("\r\n"), args });
	t.after(() => bench.close());
	bench.powerOn();
	await bench.until((event) => event.event === "boot");
	let count = 0;
	const pbx = async (options: Partial<KamailioOptions> = {}): Promise<Kamailio> => {
		const kamailio = await Kamailio.start({ folder: join(bench.folder, `kamailio${++count}`), port, ...options });
		t.after(() => kamailio.close());
		return kamailio;
	};
	return { bench, pbx };
}

test("Kamailio's NOTIFY from a listed address is taken, and the gateway updates itself", { skip }, async (t) => {
	const { bench, pbx } = await gateway(t, ["SIPNotifySources = '127.0.0.1'"]);
	const server = await startProvisioningServer({ root: bench.www, port: 0, log: () => undefined });
	t.after(() => server.close());
	writeFileSync(join(bench.www, `config_${mac}.ini`), "#ini-incremental\r\nHostName = 'after-kamailio'\r\n");
	const from = bench.serial.length;
	bench.type(`set IniFileURL ${server.url}/config_<MAC>.ini`);
	await bench.printed("saved", from);
	assert.equal(await (await pbx()).notify("udp"), 200);
	const trigger = await bench.until((event) => event.event === "trigger");
	assert.deepEqual([trigger.cause, trigger.requester], ["notify", "SIP UDP 127.0.0.1"]);
	await bench.until(isVerdict("updated"));
	await bench.until(isVerdict("confirmed"));
	bench.type("show settings HostName");
	await bench.printed("after-kamailio", from);
});

test("Kamailio answers the challenge, over UDP and TCP; with a wrong password it is refused", { skip }, async (t) => {
	const { bench, pbx } = await gateway(t, ["SIPNotifyUser = 'pbx'", "SIPNotifyPassword = 'right words'"]);
	const good = await pbx({ user: "pbx", password: "right words" });
	for (const transport of ["udp", "tcp"] as const) {
		assert.equal(await good.notify(transport), 200, good.log);
		await bench.until((event) => event.event === "sip" && event.result === "challenged");
		const trigger = await bench.until((event) => event.event === "trigger");
		assert.equal(trigger.requester, `SIP ${transport.toUpperCase()} 127.0.0.1`);
	}
	const bad = await pbx({ user: "pbx", password: "wrong words" });
	assert.equal(await bad.notify("udp"), 401, bad.log);
	const refused = await bench.until((event) => event.event === "sip" && event.result === "refused");
	assert.equal(refused.reason, "password");
	assert.equal(bench.all("trigger").length, 2);
});
