// SPDX-License-Identifier: Apache-2.0
//
// A board for tests of the update: its clock is set by others and runs on virtual ticks, its random source is flat.

import assert from "node:assert/strict";
import type { ApplicationDescription, Board } from "../../modules/ecma419/board.js";
import { boardClock } from "./board-clock.js";

export interface FakeBoardOptions extends Pick<
	Board,
	"resetReason" | "chip" | "chipRevision" | "pieceBytes" | "runningSlot" | "restart"
> {
	application: Pick<ApplicationDescription, "version" | "secureVersion"> & { model: string };
	builtMs: number;
	/** Milliseconds since this start. */
	ticks: () => number;
}

export function fakeBoard({ application, builtMs, ticks, ...rest }: FakeBoardOptions): Board {
	const { version, model, secureVersion } = application;
	return {
		...rest,
		application: { version, name: model, secureVersion, builtMs, sha256: "" },
		mac: new Uint8Array([0x00, 0x90, 0x8f, 0x1d, 0xd0, 0xd3]),
		clock: boardClock(ticks),
		random: (bytes) => bytes.fill(0x80),
		memory: () => assert.fail("not used"),
		event: () => undefined,
		option: () => undefined,
	};
}
