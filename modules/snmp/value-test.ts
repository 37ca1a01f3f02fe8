// SPDX-License-Identifier: Apache-2.0
//
// Whether a value that is to be set has the type and the range of its object. Source: RFC 3416 section 4.2.5, steps 3 to 6.

import type { WriteRule } from "./node.js";
import { errorStatus, type Value } from "./pdu.js";

/** @returns error status, 0 when the value may be looked at closer */
export function testValue(wanted: number, rule: WriteRule, kind: number, value: Value): number {
	if (kind !== wanted) return errorStatus.wrongType;
	if (typeof value === "number") {
		return value < rule.min || value > rule.max ? errorStatus.wrongValue : errorStatus.noError;
	}
	if (!(value instanceof Uint8Array)) return errorStatus.wrongType;
	return value.length < rule.min || value.length > rule.max ? errorStatus.wrongLength : errorStatus.noError;
}
