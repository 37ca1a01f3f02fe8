// SPDX-License-Identifier: Apache-2.0
//
// A network of one's own: the SDK's tests use fixed ports, some below 1024, which may be taken or forbidden here. In a
// network namespace (Linux, unshare(1)) all of them are free and nothing leaves the machine.

import { spawnSync } from "node:child_process";

const enter = ["--user", "--map-root-user", "--net", "--"];
const withLoopback = 'ip link set lo up && exec "$@"';

/** The command that runs another one in a network of its own; undefined where the system does not allow it. */
export function privateNetwork(): readonly string[] | undefined {
	const command = ["unshare", ...enter, "sh", "-c", withLoopback, "sh"];
	const { status } = spawnSync(command[0], [...command.slice(1), "true"], { stdio: "ignore" });
	return status === 0 ? command : undefined;
}
