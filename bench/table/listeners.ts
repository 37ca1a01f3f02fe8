// SPDX-License-Identifier: Apache-2.0
//
// Rows of the listeners: SNMP beside snmpd, SIP beside Kamailio.

import type { Row } from "../lib/table.js";
import { perSecond, sipRates } from "../sip/rates.js";
import { rates } from "../snmp/rates.js";

const perCPU = "answers per second of CPU";

export async function snmpRows(rounds: number): Promise<Row[]> {
	const { ours, theirs } = await rates(rounds, 1.5);
	const what = "SNMP v2c get";
	const by = "snmpd";
	return [
		{ what, ours: ours.perSecond, peer: theirs.perSecond, by, unit: "answers per second" },
		{ what, ours: ours.perCPUSecond, peer: theirs.perCPUSecond, by, unit: perCPU },
	];
}

export async function sipRows(rounds: number): Promise<Row[]> {
	const { NOTIFY, OPTIONS } = await sipRates(rounds);
	const by = "Kamailio";
	const row = (what: string, { ours, theirs }: typeof NOTIFY): Row => {
		return { what, ours: ours.perCPUSecond, peer: theirs.perCPUSecond, by, unit: perCPU };
	};
	const answered = 100 * NOTIFY.ours.answered;
	return [
		row("SIP NOTIFY check-sync", NOTIFY),
		row("SIP OPTIONS", OPTIONS),
		{
			what: `SIP NOTIFY, ${perSecond} a second, answered`,
			ours: answered,
			peer: 100 * NOTIFY.theirs.answered,
			by,
			unit: "%",
		},
	];
}
