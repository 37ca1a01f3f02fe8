// SPDX-License-Identifier: Apache-2.0
//
// Conformance of `embedded:storage/flash`: runs all cases.

import { run } from "./cases.js";
import { accessCases } from "./access-cases.js";
import { openCases } from "./open-cases.js";
import { slotCases } from "./slot-cases.js";

export default function main(): void {
	void run([...openCases, ...accessCases, ...slotCases]);
}
