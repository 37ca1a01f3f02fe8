// SPDX-License-Identifier: Apache-2.0
//
// Command line of tools/gateway, checked whole before anything is done.

import { parseArgs } from "node:util";

export const usage = `usage: tools/gateway [options]
  --flash FILE          flash image, made with factory firmware when missing (default run/gateway.flash)
  --mac HEX             12 hex digits (default 00908F1DD0D3)
  --serial S            stdio, pty:PATH or none (default stdio)
  --ini FILE            factory ini of a new flash image
  --firmware FILE       factory firmware of a new flash image, a .cmp (default: version 1.0.0, built now)
  --partitions FILE     partition table of a new flash image (default hosts/partitions/4mb.csv)
  --factory FOLDER      for a new flash image: factory.ini, roots.pem, device.crt, device.key, signing.pem, as far as they are there
  --roots FILE          trusted roots of a new flash image, PEM or DER
  --certificate FILE    its own certificate and chain, PEM or DER; needs --key
  --key FILE            private key of the certificate, PEM or DER, not encrypted
  --signing-key FILE    keys that firmware must be signed by, public, PEM or DER; without one no firmware update is taken
  --listen ADDRESS      address the listeners bind
  --port NAME=NUMBER    port of a listener: sip, snmp or web; they listen only when their feature is on
  --clock ISO8601       time at start; none starts without a clock
  --time-scale N        time runs N times as fast
  --flash-timing        flash operations take their modelled time
  --events FILE         appends one JSON object a line
  --until STATE         ends with 0 when reached: confirmed, idle or restart
  --timeout S           ends with 1 after S seconds
  --option NAME=VALUE   handed to the firmware
`;

export type Until = "confirmed" | "idle" | "restart";

export interface GatewayOptions {
	flash: string;
	mac: string;
	serial: string;
	ini?: string;
	firmware?: string;
	roots?: string;
	certificate?: string;
	key?: string;
	signingKey?: string;
	factory?: string;
	partitions: string;
	events?: string;
	until?: Until;
	timeoutSeconds?: number;
	/** Handed to the boot loader as they are. */
	passed: string[];
}

/** What is wrong with the command line. */
export class UsageError extends Error {}

const stringOption = { type: "string" } as const;
const listOption = { type: "string", multiple: true } as const;

const definition = {
	flash: stringOption,
	mac: stringOption,
	serial: stringOption,
	ini: stringOption,
	firmware: stringOption,
	roots: stringOption,
	certificate: stringOption,
	key: stringOption,
	"signing-key": stringOption,
	factory: stringOption,
	partitions: stringOption,
	listen: stringOption,
	port: listOption,
	clock: stringOption,
	"time-scale": stringOption,
	"flash-timing": { type: "boolean" },
	events: stringOption,
	until: stringOption,
	timeout: stringOption,
	option: listOption,
	help: { type: "boolean", short: "h" },
} as const;

function check(condition: boolean, text: string): void {
	if (!condition) throw new UsageError(text);
}

function positive(name: string, text: string): number {
	const value = Number(text);
	check(text.trim() !== "" && Number.isFinite(value) && value > 0, `--${name} wants a number above 0, not ${text}`);
	return value;
}

function parse(args: string[]) {
	try {
		return parseArgs({ args, options: definition, allowPositionals: false }).values;
	} catch (error) {
		throw new UsageError(error instanceof Error ? error.message : String(error));
	}
}

/** Options that the boot loader hands to the firmware. @throws UsageError */
function passedOn(values: ReturnType<typeof parse>): string[] {
	const passed: string[] = [];
	for (const port of values.port ?? []) {
		check(/^(sip|snmp|web)=[0-9]{1,5}$/.test(port), `--port wants sip=N, snmp=N or web=N, not ${port}`);
		passed.push("--port", port);
	}
	for (const option of values.option ?? []) {
		check(/^[A-Za-z0-9.-]+=/.test(option), `--option wants NAME=VALUE, not ${option}`);
		passed.push("--option", option);
	}
	const { clock } = values;
	if (clock !== undefined) {
		check(
			clock === "none" || Number.isFinite(Date.parse(clock)),
			`--clock wants an ISO 8601 time or none, not ${clock}`,
		);
		passed.push("--clock", clock);
	}
	const scale = values["time-scale"];
	if (scale !== undefined) passed.push("--time-scale", String(positive("time-scale", scale)));
	if (values.listen !== undefined) passed.push("--listen", values.listen);
	if (values["flash-timing"] === true) passed.push("--flash-timing", "1");
	return passed;
}

/** @returns `undefined` when help is asked for. @throws UsageError */
export function parseOptions(
	args: string[],
	defaults: { flash: string; partitions: string },
): GatewayOptions | undefined {
	const values = parse(args);
	if (values.help === true) return undefined;
	const mac = values.mac ?? "00908F1DD0D3";
	const serial = values.serial ?? "stdio";
	check(/^[0-9A-Fa-f]{12}$/.test(mac), `--mac wants 12 hex digits, not ${mac}`);
	check(/^(stdio|none|pty:.+)$/.test(serial), `--serial wants stdio, pty:PATH or none, not ${serial}`);
	const { until } = values;
	if (until !== undefined && until !== "confirmed" && until !== "idle" && until !== "restart")
		throw new UsageError(`--until wants confirmed, idle or restart, not ${until}`);
	check((values.certificate === undefined) === (values.key === undefined), "--certificate and --key go together");
	const passed = passedOn(values);
	return {
		flash: values.flash ?? defaults.flash,
		mac: mac.toUpperCase(),
		serial,
		ini: values.ini,
		firmware: values.firmware,
		roots: values.roots,
		certificate: values.certificate,
		key: values.key,
		signingKey: values["signing-key"],
		factory: values.factory,
		partitions: values.partitions ?? defaults.partitions,
		events: values.events,
		until,
		timeoutSeconds: values.timeout === undefined ? undefined : positive("timeout", values.timeout),
		passed,
	};
}
