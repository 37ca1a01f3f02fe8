// SPDX-License-Identifier: Apache-2.0
//
// What this machine lets us do: reasons to skip a test by name where it does not.

import { spawnSync } from "node:child_process";
import { geteuid } from "node:process";

/** A reason when no network name space can be made with a cable in it. */
export function withoutNetworkSpaces(): string | false {
	const { status } = spawnSync("unshare", [
		"--net",
		"ip",
		"link",
		"add",
		"probe",
		"type",
		"veth",
		"peer",
		"name",
		"other",
	]);
	return status === 0 ? false : "network name spaces cannot be made here";
}

/** A reason when ports below 1024 cannot be opened. */
export function withoutLowPorts(): string | false {
	return geteuid?.() === 0 ? false : "ports below 1024 need root";
}
