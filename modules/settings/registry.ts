// SPDX-License-Identifier: Apache-2.0
//
// All parameters of the gateway, and the search by name.

import {
	networkParameters,
	systemParameters,
	timeParameters,
	tlsParameters,
	webParameters,
} from "./device-parameters.js";
import type { Parameter } from "./parameter.js";
import { sipParameters } from "./sip-parameters.js";
import { fileParameters, updateParameters } from "./update-parameters.js";

/** In the order in which people are shown them. */
export const parameters: readonly Parameter[] = Object.freeze([
	...systemParameters,
	...updateParameters,
	...fileParameters,
	...networkParameters,
	...timeParameters,
	...tlsParameters,
	...sipParameters,
	...webParameters,
]);

/** @param name any letter case */
export function findParameter(table: readonly Parameter[], name: string): Parameter | undefined {
	const key = name.toLowerCase();
	return table.find((parameter) => parameter.key === key);
}
