// SPDX-License-Identifier: Apache-2.0
//
// One board in its ROM's serial loader, by esptool-js: connect, compare, write, verify, restart. All of it runs on the
// loader's flasher stub. Leaves out chips in secure download mode and encrypted flash: those take updates over the air.
// Source: esptool documentation, "Serial Protocol".

import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { ESPLoader, Transport } from "esptool-js";
import { chipName } from "../../modules/image/chips.js";
import { ROM_BAUD } from "./chips.js";
import { FlashError } from "./error.js";
import type { ImageSet, Part } from "./image-set.js";
import type { WebSerial } from "./serial.js";

const RESET_MS = 100;
const MAC_TEXT = /^([0-9a-f]{2}:){5}[0-9a-f]{2}/;

/** The library's transport traces to the console, unasked. */
class QuietTransport extends Transport {
	readonly #log: (text: string) => void;

	constructor(port: WebSerial, log: (text: string) => void) {
		super(port as unknown as ConstructorParameters<typeof Transport>[0]);
		this.#log = log;
	}

	override trace(message: string): void {
		this.#log(message);
	}
}

export interface ConnectOptions {
	/** Speed for the transfer. */
	baudRate: number;
	/** Chip number that is expected; default: any. */
	chip?: number;
	/** What expects it, for the error. */
	expectedBy: string;
	/** Takes the library's messages; default: nobody. */
	log?: (text: string) => void;
	/** Tries to reach the loader, of 1 to 3 seconds each. Default 4. */
	attempts?: number;
}

/** Of one part. @param done bytes sent, compressed @param total of them */
export type Progress = (part: Part, done: number, total: number) => void;

function message(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

/** Runs a step; what the library throws becomes our error. */
async function step<T>(code: string, what: string, action: () => Promise<T>): Promise<T> {
	try {
		return await action();
	} catch (cause) {
		if (cause instanceof FlashError) throw cause;
		throw new FlashError(code, `${what}: ${message(cause)}`, { cause });
	}
}

/** The library writes and compares whole words. */
function padded(data: Uint8Array): Uint8Array {
	const words = new Uint8Array((data.length + 3) & ~3).fill(0xff);
	words.set(data);
	return words;
}

export class Board {
	readonly #port: WebSerial;
	readonly #loader: ESPLoader;

	private constructor(port: WebSerial, loader: ESPLoader) {
		this.#port = port;
		this.#loader = loader;
	}

	/**
	 * Brings the board into its loader, and its flasher stub to life. Nothing is written to flash.
	 * @throws FlashError FLASH_CONNECT, FLASH_CHIP, FLASH_SECURED, and those of `WebSerial.open`
	 */
	static async connect(port: WebSerial, options: ConnectOptions): Promise<Board> {
		const log = options.log ?? (() => undefined);
		const transport = new QuietTransport(port, log);
		const terminal = { clean: () => undefined, writeLine: log, write: log };
		const loader = new ESPLoader({ transport, terminal, baudrate: options.baudRate, romBaudrate: ROM_BAUD });
		const board = new Board(port, loader);
		try {
			await board.#enter(options.attempts ?? 4);
			board.#checkChip(options);
			await step("FLASH_CONNECT", "the flasher stub does not start", () => board.#startStub(options.baudRate));
		} catch (error) {
			await board.restart(ROM_BAUD).catch(() => undefined);
			await port.close();
			throw error;
		}
		return board;
	}

	async #enter(attempts: number): Promise<void> {
		try {
			await this.#loader.detectChip("default_reset", attempts);
		} catch (cause) {
			if (cause instanceof FlashError) throw cause;
			const hands = "hold the button BOOT (IO0), press and release EN (RST), release BOOT, and try again";
			const why = this.#port.withoutSignals ? "the port has no control lines to reset the board" : message(cause);
			throw new FlashError("FLASH_CONNECT", `no answer from the chip's loader (${why}); ${hands}`, { cause });
		}
	}

	#checkChip(options: ConnectOptions): void {
		const found: unknown = this.#loader.chip.IMAGE_CHIP_ID;
		const { chip, expectedBy } = options;
		if (chip !== undefined && found !== chip) {
			const text = `the board has an ${this.#loader.chip.CHIP_NAME}, ${expectedBy} ${chipName(chip)}`;
			throw new FlashError("FLASH_CHIP", `${text}; nothing was written`);
		}
		if (this.#loader.secureDownloadMode) {
			throw new FlashError("FLASH_SECURED", "the chip is in secure download mode: update it over the air");
		}
	}

	async #startStub(baudRate: number): Promise<void> {
		// Chips with USB of their own: smaller blocks, and watchdogs that would interrupt.
		await this.#loader.chip.postConnect?.(this.#loader);
		await this.#loader.runStub();
		if (!this.#loader.IS_STUB) throw new FlashError("FLASH_CHIP", "esptool-js has no flasher stub for this chip");
		if (baudRate !== ROM_BAUD) await this.#loader.changeBaud();
	}

	/** `ESP32-C3`. */
	get chipName(): string {
		return this.#loader.chip.CHIP_NAME;
	}

	/** Speed of the transfer; lower than wanted when the board did not follow. */
	get baudRate(): number {
		return this.#port.baudRate;
	}

	/** `24:6f:28:01:02:03`. @throws FlashError FLASH_CONNECT */
	async mac(): Promise<string> {
		const text = await step("FLASH_CONNECT", "MAC address", () => this.#loader.chip.readMac(this.#loader));
		return MAC_TEXT.exec(text)?.[0] ?? "unknown";
	}

	/** Bytes of flash by the part's JEDEC number. @throws FlashError FLASH_CONNECT */
	async flashSize(): Promise<number> {
		const text = await step("FLASH_CONNECT", "flash size", () => this.#loader.detectFlashSize());
		const match = /^([0-9]+)(KB|MB)$/.exec(text ?? "");
		if (match === null) throw new FlashError("FLASH_CONNECT", "the flash chip does not tell its size");
		return Number(match[1]) * (match[2] === "MB" ? 1024 * 1024 : 1024);
	}

	/** Erases the whole flash, settings included. @throws FlashError FLASH_WRITE */
	async erase(): Promise<void> {
		await step("FLASH_WRITE", "erase", () => this.#loader.eraseFlash());
	}

	/**
	 * Writes one part and compares its MD5 with the one the board computes over its flash.
	 * @throws FlashError FLASH_WRITE, FLASH_VERIFY; the part is then half written
	 */
	async write(part: Part, progress: Progress): Promise<void> {
		const data = padded(part.data);
		const where = `${part.name} at 0x${part.offset.toString(16)}`;
		const keep = { flashMode: "keep", flashFreq: "keep", flashSize: "keep" } as const;
		await step("FLASH_WRITE", where, () =>
			this.#loader.writeFlash({
				fileArray: [{ data, address: part.offset }],
				...keep,
				eraseAll: false,
				compress: true,
				reportProgress: (_index, done, total) => progress(part, done, total),
			}),
		);
		const wanted = createHash("md5").update(data).digest("hex");
		const found = await step("FLASH_VERIFY", where, () => this.#loader.flashMd5sum(part.offset, data.length));
		if (found !== wanted) throw new FlashError("FLASH_VERIFY", `${where}: flash has MD5 ${found}, image ${wanted}`);
	}

	/** Restarts the board into its firmware and sets the console's speed. The port stays open. */
	async restart(consoleBaud: number): Promise<void> {
		await this.#port.setBaudRate(consoleBaud);
		await this.#port.setSignals({ dataTerminalReady: false, requestToSend: true });
		await delay(RESET_MS);
		// A board with USB of its own is gone by now, and restarts all the same.
		await this.#port.setSignals({ requestToSend: false }).catch(() => undefined);
	}
}

/** Whether the set fits the flash. @throws FlashError FLASH_SIZE */
export function checkFlash(images: ImageSet, flashSize: number): void {
	const end = Math.max(images.flashNeeded, ...images.parts.map(({ offset, data }) => offset + data.length));
	if (end > flashSize) {
		const text = `the partitions need ${end / 1024} KB of flash, the board has ${flashSize / 1024} KB`;
		throw new FlashError("FLASH_SIZE", `${text}; nothing was written`);
	}
}
