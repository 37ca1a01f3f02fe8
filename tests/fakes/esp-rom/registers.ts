// SPDX-License-Identifier: Apache-2.0
//
// Registers of a simulated chip as far as a loader on the host looks at them: plain memory, the number that tells older
// chips apart, the MAC address in eFuses, and an SPI controller that asks the flash for its JEDEC number.
// Source: ESP32 and ESP32-C3 technical reference manuals, chapters "SPI Controller" and "eFuse Controller".

export interface ChipModel {
	name: string;
	/** Number in image headers. */
	id: number;
	/** Contents of the register at 0x40001000. */
	magic: number;
	/** Whether GET_SECURITY_INFO exists and tells the chip's number. */
	tellsId: boolean;
	spiBase: number;
	/** Offsets from `spiBase`. */
	spiCommand: number;
	spiW0: number;
	/** First of two registers with the MAC address, its last bytes first. */
	mac: number;
}

export const ESP32: ChipModel = {
	name: "ESP32",
	id: 0,
	magic: 0x00f01d83,
	tellsId: false,
	spiBase: 0x3ff42000,
	spiCommand: 0x24,
	spiW0: 0x80,
	mac: 0x3ff5a004,
};

export const ESP32_C3: ChipModel = {
	name: "ESP32-C3",
	id: 5,
	magic: 0x1b31506f,
	tellsId: true,
	spiBase: 0x60002000,
	spiCommand: 0x20,
	spiW0: 0x58,
	mac: 0x60008844,
};

const MAGIC_REGISTER = 0x40001000;
const START = 1 << 18;
const READ_ID = 0x9f;

export class Registers {
	readonly #model: ChipModel;
	readonly #jedec: number;
	readonly #values = new Map<number, number>();

	/** @param flashSize a power of two: the third byte of a JEDEC number is its logarithm */
	constructor(model: ChipModel, flashSize: number) {
		this.#model = model;
		this.#jedec = 0x40ef | (Math.log2(flashSize) << 16);
		this.#values.set(MAGIC_REGISTER, model.magic);
		this.#values.set(model.mac, 0x28010203);
		this.#values.set(model.mac + 4, 0x246f);
	}

	read(address: number): number {
		return this.#values.get(address) ?? 0;
	}

	write(address: number, value: number): void {
		const { spiBase, spiCommand, spiW0 } = this.#model;
		if (address === spiBase && (value & START) !== 0) {
			const command = this.read(spiBase + spiCommand) & 0xff;
			this.#values.set(spiBase + spiW0, command === READ_ID ? this.#jedec : 0);
			return; // the bit falls when the transfer is done
		}
		this.#values.set(address, value);
	}
}
