// SPDX-License-Identifier: Apache-2.0
//
// The life of a gateway in steps, each of which may be cut: first start, new settings, new firmware, both at once,
// firmware that fails its trial, certificates, certificates that cut the gateway off, a download that breaks off and goes on,
// files that are kept, alone and with what fails, nothing new.

import { encodeUTF8 } from "../../modules/bytes/text.js";
import { Settings } from "../../modules/settings/settings.js";
import { Store } from "../../modules/store/store.js";
import { buildImage } from "../update/image.js";
import { badRoots, type Gateway } from "./gateway.js";

const iniURL = "http://server/config.ini";
const cmpURL = "http://server/firmware.cmp";
const tonesURL = "http://server/tones.dat";
const rootsURL = "http://server/roots.pem";
const hour = 3600000;
const tonesBytes = 5000;

/** Last-Modified of what was published at a step. */
function publishedMs(step: number): number {
	return 1748779200000 - 1000 * hour + step * hour;
}

function publishIni(gateway: Gateway, step: number, generation: number, more = ""): void {
	const text = `HostName = gate${generation}\nINIFileVersion = ${generation}\nAutoUpdateFrequency = ${generation + 60}\n`;
	gateway.files[iniURL] = { body: encodeUTF8(text + more), modifiedMs: publishedMs(step) };
}

/** Settings that bring new roots, which is told to be done once. */
function publishRoots(gateway: Gateway, step: number, generation: number, roots: string): void {
	publishIni(gateway, step, generation, `TLSRootFileUrl = '${rootsURL}'\n`);
	gateway.files[rootsURL] = { body: encodeUTF8(roots), modifiedMs: publishedMs(step) };
}

/** Settings that bring new tones, of several pieces in the store. */
function publishTones(gateway: Gateway, step: number, generation: number): void {
	publishIni(gateway, step, generation, `CptFileURL = '${tonesURL}'\n`);
	gateway.files[tonesURL] = { body: new Uint8Array(tonesBytes).fill(generation), modifiedMs: publishedMs(step) };
}

export const images = Object.freeze({
	"1.0": buildImage({ version: "1.0", seed: 1, length: 9000 }),
	"2.0": buildImage({ version: "2.0", seed: 2, length: 13000 }),
	"3.0": buildImage({ version: "3.0", seed: 3, length: 5000 }),
	"4.0": buildImage({ version: "4.0", seed: 4, length: 21000 }),
	"5.0": buildImage({ version: "5.0", seed: 5, length: 17000 }),
	"6.0": buildImage({ version: "6.0", seed: 6, length: 25000 }),
	"7.0": buildImage({ version: "7.0", seed: 7, length: 13000 }),
	"8.0": buildImage({ version: "8.0", seed: 8, length: 9000 }),
	"9.0": buildImage({ version: "9.0", seed: 9, length: 5000 }),
});

type Version = keyof typeof images;

function publishFirmware(gateway: Gateway, step: number, version: Version): void {
	gateway.files[cmpURL] = { body: images[version], modifiedMs: publishedMs(step) };
}

export interface Step {
	name: string;
	/** What happens to the server, before the power comes on. */
	arrange: (gateway: Gateway, step: number) => void;
	/** Version and settings that a start may find besides those before and after the step. */
	between?: readonly string[];
	/** Version and settings after the step. */
	end: string;
}

/** @param tones generation of the file of tones, 0: there is none */
function state(version: Version, generation: number, roots = "", tones = 0): string {
	const values = generation === 0 ? "|0|0" : `gate${generation}|${generation}|${generation + 60}`;
	return `${version} ${values}|||${roots}|${tones === 0 ? "" : `${tonesBytes} x ${tones}`}`;
}

/** The gateway as it leaves the factory: firmware 1.0 in slot 0, two URLs in the settings. */
export function manufacture(gateway: Gateway): void {
	gateway.chip.install(0, images["1.0"]);
	const settings = new Settings({ store: new Store({ flash: gateway.chip.partition("store") }) });
	settings.set("IniFileURL", iniURL);
	settings.set("AutoCmpFileUrl", cmpURL);
	settings.set("SetDefaultOnINIFileProcess", "0");
	settings.save();
}

export const factoryState = state("1.0", 0);

export const steps: readonly Step[] = Object.freeze([
	{
		name: "first ini",
		arrange: (gateway: Gateway, step: number) => publishIni(gateway, step, 1),
		end: state("1.0", 1),
	},
	{
		name: "first firmware",
		arrange: (gateway: Gateway, step: number) => publishFirmware(gateway, step, "2.0"),
		end: state("2.0", 1),
	},
	{
		name: "nothing new",
		arrange: () => undefined,
		end: state("2.0", 1),
	},
	{
		name: "ini and firmware at once",
		arrange: (gateway: Gateway, step: number) => {
			publishIni(gateway, step, 2);
			publishFirmware(gateway, step, "3.0");
		},
		end: state("3.0", 2),
	},
	{
		name: "firmware that fails its trial",
		arrange: (gateway: Gateway, step: number) => {
			gateway.faulty.add("4.0");
			publishFirmware(gateway, step, "4.0");
		},
		between: [state("4.0", 2)],
		end: state("3.0", 2),
	},
	{
		name: "ini with firmware that fails its trial",
		arrange: (gateway: Gateway, step: number) => {
			gateway.faulty.add("5.0");
			publishIni(gateway, step, 3);
			publishFirmware(gateway, step, "5.0");
		},
		between: [state("5.0", 3)],
		end: state("3.0", 2),
	},
	{
		name: "firmware after all",
		arrange: (gateway: Gateway, step: number) => {
			gateway.faulty.clear();
			publishIni(gateway, step, 4);
			publishFirmware(gateway, step, "6.0");
		},
		end: state("6.0", 4),
	},
	{
		// Each response breaks off short of the file, so it takes two: the second one has to bring the rest.
		name: "firmware over a line that breaks",
		arrange: (gateway: Gateway, step: number) => {
			publishFirmware(gateway, step, "7.0");
			gateway.files[cmpURL].breakAfter = 14000;
		},
		end: state("7.0", 4),
	},
	{
		name: "new roots",
		arrange: (gateway: Gateway, step: number) => publishRoots(gateway, step, 5, "good"),
		end: state("7.0", 5, "good"),
	},
	{
		name: "roots by which no server is reached",
		arrange: (gateway: Gateway, step: number) => publishRoots(gateway, step, 6, badRoots),
		between: [state("7.0", 6, badRoots)],
		end: state("7.0", 5, "good"),
	},
	{
		name: "new tones",
		arrange: (gateway: Gateway, step: number) => publishTones(gateway, step, 7),
		end: state("7.0", 7, "good", 7),
	},
	{
		name: "other tones, with firmware that fails its trial",
		arrange: (gateway: Gateway, step: number) => {
			gateway.faulty.add("8.0");
			publishTones(gateway, step, 8);
			publishFirmware(gateway, step, "8.0");
		},
		between: [state("8.0", 8, "good", 8)],
		end: state("7.0", 7, "good", 7),
	},
	{
		name: "other tones with firmware",
		arrange: (gateway: Gateway, step: number) => {
			gateway.faulty.clear();
			publishTones(gateway, step, 9);
			publishFirmware(gateway, step, "9.0");
		},
		end: state("9.0", 9, "good", 9),
	},
]);
