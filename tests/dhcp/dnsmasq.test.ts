// SPDX-License-Identifier: Apache-2.0
//
// A whole update of a gateway that knows nothing but DHCPEnable = 1, in a network of its own with dnsmasq and nginx.
// node-only: real processes, network name spaces

import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { Bench, firmware, isVerdict, mac } from "../e2e/bench.js";
import { withoutNetworkSpaces } from "../harness/privileges.js";
import { gatewayAddress, Namespaces, serverAddress } from "./namespaces.js";

const here = `http://${serverAddress}`;
const device = "00:90:8f:1d:d0:d3";

interface Site {
	bench: Bench;
	network: Namespaces;
}

async function site(t: TestContext, ini: string): Promise<Site> {
	const folder = mkdtempSync(join(tmpdir(), "upgate-dhcp-"));
	const network = await Namespaces.make(folder);
	t.after(async () => {
		await network.close();
		rmSync(folder, { recursive: true });
	});
	const bench = await Bench.make({ ini, before: network.enter("gateway") });
	t.after(() => bench.close());
	chmodSync(bench.folder, 0o755);
	await network.nginx(bench.www);
	return { bench, network };
}

const notice = (text: string) => (event: Record<string, unknown>) =>
	event.event === "notice" && String(event.text).includes(text);

test(
	"spec section 3, DHCP option 67: the ini's URL, and from it firmware",
	{ skip: withoutNetworkSpaces() },
	async (t) => {
		const { bench, network } = await site(t, "DHCPEnable = 1\n");
		mkdirSync(join(bench.www, "ini"));
		writeFileSync(join(bench.www, "firmware.cmp"), await firmware("1.1.0"));
		writeFileSync(
			join(bench.www, "ini/base.ini"),
			`IniFileURL = '${here}/config_<MAC>.ini'\nDHCPEnable = 1\nResetNow = 1\n`,
		);
		writeFileSync(
			join(bench.www, `config_${mac}.ini`),
			`IniFileURL = '${here}/config_<MAC>.ini'\nAutoCmpFileUrl = '${here}/firmware.cmp'\n`,
		);
		await network.dnsmasq([`dhcp-option-force=67,${here}/ini/base.ini`, `dhcp-host=${device},${gatewayAddress}`]);
		bench.powerOn();
		await bench.until(notice(`option 67: configuration ${here}/ini/base.ini`));
		const trigger = await bench.until(({ event }) => event === "trigger");
		assert.deepEqual([trigger.cause, trigger.effect], ["dhcp", "started"]);
		await bench.until((event) => event.event === "boot" && event.version === "1.1.0");
		await bench.until(isVerdict("confirmed"));
		const paths = network.requests().map((line) => line.split(" ")[0]);
		assert.equal(paths[0], "/ini/base.ini");
		assert.equal(paths.filter((path) => path === "/ini/base.ini").length, 1, "a stored URL wins from then on");
		assert.ok(paths.includes("/firmware.cmp"));
		assert.ok(network.dhcpLog().some((line) => line.includes("DHCPINFORM") && line.includes(device)));
		assert.ok(network.dhcpLog().some((line) => line.includes("client provides name: acl_1954003")));
	},
);

test(
	"spec section 3, DHCP option 160: software and configuration; a name that is not there is <Product><MAC>.ini",
	{ skip: withoutNetworkSpaces() },
	async (t) => {
		const { bench, network } = await site(t, "DHCPEnable = 1\n");
		writeFileSync(join(bench.www, "next.cmp"), await firmware("1.2.0"));
		writeFileSync(join(bench.www, `upgate${mac}.ini`), "HostName = 'fallback'\nDHCPEnable = 1\n");
		await network.dnsmasq([`dhcp-option-force=160,"${here}/next.cmp;absent.ini"`]);
		bench.powerOn();
		await bench.until(isVerdict("confirmed"));
		assert.equal(bench.all("boot").at(-1)?.version, "1.2.0");
		assert.deepEqual(network.requests().slice(0, 3), ["/absent.ini 404", `/upgate${mac}.ini 200`, "/next.cmp 200"]);
		bench.type("show settings HostName");
		await bench.printed("fallback");
	},
);

test(
	"no DHCP server: the gateway starts all the same, and a late answer is a trigger",
	{ skip: withoutNetworkSpaces() },
	async (t) => {
		const { bench, network } = await site(t, "DHCPEnable = 1\n");
		writeFileSync(join(bench.www, "late.ini"), "HostName = 'late'\nDHCPEnable = 1\n");
		bench.powerOn();
		await bench.until(({ event }) => event === "boot");
		await bench.until(isVerdict("nothing-new"));
		await network.dnsmasq([`dhcp-option-force=67,${here}/late.ini`]);
		const trigger = await bench.until((event) => event.event === "trigger" && event.cause === "dhcp");
		assert.equal(trigger.requester, serverAddress);
		await bench.until(isVerdict("confirmed"));
	},
);
