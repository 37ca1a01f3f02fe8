// SPDX-License-Identifier: Apache-2.0
//
// What SNMPv1, which has five errors, is told. Source: RFC 3584 section 4.4.

import { errorStatus, pduType } from "./pdu.js";

const e = errorStatus;
const badValues: readonly number[] = Object.freeze([
	e.wrongValue,
	e.wrongEncoding,
	e.wrongType,
	e.wrongLength,
	e.inconsistentValue,
]);
const noNames: readonly number[] = Object.freeze([
	e.noAccess,
	e.notWritable,
	e.noCreation,
	e.inconsistentName,
	e.authorizationError,
]);

/** @param type of the request */
export function toV1(status: number, type: number): number {
	if (status <= e.genErr) return status;
	if (type === pduType.set && badValues.includes(status)) return e.badValue;
	return noNames.includes(status) ? e.noSuchName : e.genErr;
}
