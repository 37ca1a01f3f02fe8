// SPDX-License-Identifier: Apache-2.0
//
// The serial console with the commands of all modules.

import type { CertificateStore } from "upgate/certificates/store";
import type { Command } from "upgate/console/commands";
import { Console } from "upgate/console/console";
import { gatewayCommands } from "upgate/console/gateway-commands";
import { networkCommands } from "upgate/console/network-commands";
import { sipCommands } from "upgate/console/sip-commands";
import type { BootSelector } from "upgate/flash/otadata";
import type { Network } from "upgate/network/network";
import type { Settings } from "upgate/settings/settings";
import type { SIPServer } from "upgate/sip/server";
import { slotLines } from "upgate/update/slots";
import type { Updater } from "upgate/update/updater";
import type { Device } from "../modules/ecma419/device.js";

export function makeTerminal({ io, timer, board }: Device, settings: Settings, commands: Command[]): Console {
	return new Console({
		io: io.Serial,
		timer,
		prompt: () => `${settings.text("HostName") || board.application.name}> `,
		terminal: board.option("terminal") !== "0",
		commands,
	});
}

export interface CommandParts {
	settings: Settings;
	certificates: CertificateStore;
	selector: BootSelector;
	storage: Device["storage"];
	board: Device["board"];
	updater: Updater;
	sip: SIPServer;
	network?: Network | undefined;
}

export function makeCommands({ selector, storage, updater, sip, network, ...parts }: CommandParts): Command[] {
	const commands = gatewayCommands({
		...parts,
		update: updater,
		slots: () => slotLines(storage, selector, parts.board.runningSlot),
		restart: (reason) => updater.restart(reason),
	});
	return [...commands, ...sipCommands(sip), ...(network === undefined ? [] : networkCommands(network))];
}
