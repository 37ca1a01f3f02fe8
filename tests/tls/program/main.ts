// SPDX-License-Identifier: Apache-2.0
//
// TLS on XS for the tests: one client that connects as often as it is told, or a server. What to do comes as JSON in `--option spec`,
// what happens goes out as JSON lines.

import Board from "upgate/linux/board";
import { startClient } from "./client.js";
import { startHTTP } from "./http.js";
import { startServer } from "./server.js";
import type { Spec } from "./spec.js";

export default function main(): void {
	const board = new Board();
	const spec = JSON.parse(board.option("spec") ?? "{}") as Spec;
	if (spec.server) startServer(spec, board);
	else if (spec.http) startHTTP(spec, board);
	else startClient(spec, board);
}
