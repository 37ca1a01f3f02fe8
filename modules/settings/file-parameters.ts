// SPDX-License-Identifier: Apache-2.0
//
// Parameters of the automatic update around its files: how calls are spared.
// Names: AudioCodes Mediant manuals 7.x; lines marked "ours" have no model there, or differ from it.

import { flag, type Parameter } from "./parameter.js";

// prettier-ignore
export const callParameters: readonly Parameter[] = Object.freeze([
	flag("AupdGracefulShutdown", 0, "new settings, too, wait for calls to end, as AdminStateLockControl says (default ours)"),
]);
