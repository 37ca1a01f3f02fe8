// SPDX-License-Identifier: Apache-2.0
//
// A new gateway: a flash image with factory firmware in the first slot; in the store the factory ini, certificates and keys.

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { buildFirmware } from "../firmware-lib/build.js";
import { createFlash } from "../flash-image-lib/index.js";
import { type FactoryFiles, factoryRecords } from "../lib/factory-records.js";

/** Version of the firmware a gateway leaves the factory with, when no file says otherwise. */
export const factoryVersion = "1.0.0";

export interface FactoryOptions extends FactoryFiles {
	flash: string;
	partitions: string;
	firmware?: string;
	/** Makes the firmware when no file is given; default: that of the Linux host, built now. */
	image?: () => Promise<Buffer>;
}

/** @returns whether the file was made. @throws Error for files that cannot be read, IniError for a bad ini */
export async function makeFlash(options: FactoryOptions): Promise<boolean> {
	if (existsSync(options.flash)) return false;
	const records = factoryRecords(options);
	const { firmware, image: make = () => buildFirmware({ version: factoryVersion }) } = options;
	const image = firmware === undefined ? await make() : readFileSync(firmware);
	const contents = createFlash({ csv: readFileSync(options.partitions, "utf8"), images: { ota_0: image }, records });
	mkdirSync(dirname(options.flash), { recursive: true });
	const temporary = `${options.flash}.${process.pid}.part`;
	writeFileSync(temporary, contents);
	renameSync(temporary, options.flash);
	return true;
}
