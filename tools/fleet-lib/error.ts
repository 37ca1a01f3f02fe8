// SPDX-License-Identifier: Apache-2.0
//
// What keeps a fleet from running at all. A gateway that does not come to a good version is no such error: it is in the report.

export type FleetErrorCode =
	"FLEET_USAGE" | "FLEET_LIMIT" | "FLEET_NETWORK" | "FLEET_SERVER" | "FLEET_PROGRAM" | "FLEET_FOLDER";

export class FleetError extends Error {
	override readonly name = "FleetError";

	constructor(
		readonly code: FleetErrorCode,
		message: string,
		options?: ErrorOptions,
	) {
		super(message, options);
	}
}
