// SPDX-License-Identifier: Apache-2.0
//
// The commands of a gateway that brings its own network up: `show network`, `network wifi`, `network forget`; and `show network` where
// the system below does. Passwords are neither shown nor kept in history.

import type { Network } from "../network/network.js";
import { commandTable, placed } from "./command-table.js";
import type { Command } from "./commands.js";
import { CommandError } from "./error.js";

function* showNetwork(network: Network): Iterable<string> {
	const { kind, state, address, ssid, signal } = network.status();
	yield `interface  ${kind}`;
	if (kind === "wifi") yield `network    ${ssid ?? "none; network wifi SSID [PASSWORD] sets it"}`;
	yield `state      ${state}`;
	if (address !== undefined) yield `address    ${address}`;
	if (signal !== undefined) yield `signal     ${signal} dBm`;
}

/** The operator's mistake, without a stack. */
function* refusing(action: () => void, answer: string): Iterable<string> {
	try {
		action();
	} catch (error) {
		throw new CommandError("CONSOLE_REFUSED", error instanceof Error ? error.message : "refused");
	}
	yield answer;
}

/** Where the system below keeps the network up. */
export interface HostNetwork {
	/** Our own, if there is one. */
	address(): string | undefined;
	/** That of the settings, may be empty. */
	name(): string;
}

function* showHostNetwork(host: HostNetwork): Iterable<string> {
	const name = host.name();
	yield "interface  the system's, which keeps it up";
	yield `address    ${host.address() ?? "none"}`;
	if (name !== "") yield `name       ${name}`;
}

const hostTable = commandTable<HostNetwork>({
	words: "show network",
	usage: "",
	help: "interface, address",
	run: showHostNetwork,
});

export function hostNetworkCommands(host: HostNetwork): Iterable<Command> {
	return placed(hostTable, host);
}

const table = commandTable<Network>(
	{ words: "show network", usage: "", help: "interface, state, address", run: showNetwork },
	{
		words: "network wifi",
		usage: "SSID [PASSWORD]",
		help: "join this Wi-Fi network and remember it",
		secret: () => true,
		run: (network, [ssid, password = ""]) => refusing(() => network.join(ssid, password), "saved, connecting"),
	},
	{
		words: "network forget",
		usage: "",
		help: "leave the Wi-Fi network and forget it",
		run: (network) => refusing(() => network.forget(), "forgotten"),
	},
);

export function networkCommands(network: Network): Iterable<Command> {
	return placed(table, network);
}
