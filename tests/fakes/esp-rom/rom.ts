// SPDX-License-Identifier: Apache-2.0
//
// A board with a chip of Espressif's: reset and strapping lines, the serial loader of its ROM, the flasher stub that a
// host uploads, flash, and in place of a firmware a program that says hello and echoes lines.
// Stub code is not run: once its entry is called, the fake speaks as the stub does. Source: esptool documentation, "Serial Protocol" and
// "Boot Mode Selection".

import { BAD_CHECKSUM, BAD_FORMAT, BoardFlash, FAILED, OK } from "./flash.js";
import { Registers, type ChipModel } from "./registers.js";
import { FrameReader, encodeFrame } from "./slip.js";

const COMMAND = {
	flashBegin: 0x02,
	flashData: 0x03,
	flashEnd: 0x04,
	memoryBegin: 0x05,
	memoryEnd: 0x06,
	memoryData: 0x07,
	sync: 0x08,
	writeRegister: 0x09,
	readRegister: 0x0a,
	spiParameters: 0x0b,
	spiAttach: 0x0d,
	baudRate: 0x0f,
	deflateBegin: 0x10,
	deflateData: 0x11,
	deflateEnd: 0x12,
	md5: 0x13,
	securityInfo: 0x14,
	eraseFlash: 0xd0,
} as const;

const CHECKSUM_START = 0xef;
/** Data packets: length, sequence number, two zeros. */
const DATA_HEADER = 16;
const HELLO = "upgate test firmware\r\n> ";

interface Answer {
	status: number;
	value?: number;
	data?: Uint8Array;
}

interface Segment {
	offset: number;
	bytes: Uint8Array[];
}

type Mode = "rom" | "stub" | "firmware" | "reset";

function text(value: string): Uint8Array {
	return new Uint8Array(Buffer.from(value, "latin1"));
}

export class FakeBoard {
	readonly flash: BoardFlash;
	readonly registers: Registers;
	/** What came by MEM_BEGIN and MEM_DATA, in order. */
	readonly uploads: Segment[] = [];
	/** Commands seen, by number. */
	readonly commands: number[] = [];
	/** Speed the chip listens at; the host hears noise, and is not understood, at another. */
	baudRate = 115200;
	/** A chip whose loader never answers. */
	mute = false;
	/** Where the board's bytes go. */
	send: (data: Uint8Array) => void = () => undefined;
	readonly #model: ChipModel;
	readonly #frames = new FrameReader();
	#mode: Mode = "firmware";
	#nextBaudRate: number | undefined;
	#line = "";

	constructor(model: ChipModel, flashSize: number) {
		this.#model = model;
		this.flash = new BoardFlash(flashSize);
		this.registers = new Registers(model, flashSize);
	}

	get mode(): Mode {
		return this.#mode;
	}

	/** A hand on the buttons: starts with or without BOOT (IO0) held. */
	press(boot: boolean): void {
		this.#frames.reset();
		this.baudRate = 115200;
		this.#mode = boot ? "rom" : "firmware";
		this.#line = "";
		const how = boot
			? "boot:0x4 (DOWNLOAD(USB/UART0))\r\nwaiting for download\r\n"
			: `boot:0xc (SPI_FAST_FLASH_BOOT)\r\n${HELLO}`;
		this.send(text(`rst:0x1 (POWERON),${how}`));
	}

	/** The usual circuit: RTS alone holds EN low, DTR alone holds IO0 low, both do nothing. */
	signals(dtr: boolean, rts: boolean): void {
		if (rts && !dtr) this.#mode = "reset";
		else if (this.#mode === "reset") this.press(dtr && !rts);
	}

	/** Bytes from the host. */
	receive(data: Uint8Array): void {
		if (this.#mode === "firmware") return this.#echo(data);
		if (this.mute || this.#mode === "reset") return;
		for (const frame of this.#frames.read(data)) this.#run(frame);
	}

	#echo(data: Uint8Array): void {
		for (const byte of data) {
			if (byte !== 13) this.#line += String.fromCharCode(byte);
			else {
				this.send(text(`you said ${this.#line}\r\n> `));
				this.#line = "";
			}
		}
	}

	#run(frame: Uint8Array): void {
		const packet = Buffer.from(frame);
		if (packet.length < 8 || packet[0] !== 0 || packet.readUInt16LE(2) !== packet.length - 8) return;
		const command = packet[1];
		this.commands.push(command);
		const answer = this.#execute(command, packet.subarray(8), packet.readUInt32LE(4));
		if (answer === undefined) return this.#unknown(command);
		this.#answer(command, answer, command === COMMAND.sync ? 8 : 1);
		if (command === COMMAND.memoryEnd && answer.status === OK) {
			this.#mode = "stub";
			this.send(encodeFrame(text("OHAI")));
		}
		if (this.#nextBaudRate !== undefined) this.baudRate = this.#nextBaudRate;
		this.#nextBaudRate = undefined;
	}

	/** The ROM says eight times, under no command's number, that it does not know the command; the stub says 0xff. */
	#unknown(command: number): void {
		if (this.#mode === "stub") return this.#answer(command, { status: 0xff });
		this.#answer(0, { status: BAD_FORMAT }, 8);
	}

	/** Repeated answers leave without a gap, as they do on the chip's line: clients discard what has come so far. */
	#answer(command: number, { status, value = 0, data = new Uint8Array(0) }: Answer, times = 1): void {
		const statusLength = this.#mode === "stub" ? 2 : 4;
		const packet = Buffer.alloc(8 + data.length + statusLength);
		packet[0] = 1;
		packet[1] = command;
		packet.writeUInt16LE(data.length + statusLength, 2);
		packet.writeUInt32LE(value >>> 0, 4);
		packet.set(data, 8);
		packet[8 + data.length] = status === OK ? 0 : 1;
		packet[9 + data.length] = status;
		this.send(Buffer.concat(Array<Uint8Array>(times).fill(encodeFrame(packet))));
	}

	#execute(command: number, data: Buffer, checksum: number): Answer | undefined {
		const words = Array.from({ length: Math.floor(data.length / 4) }, (_, i) => data.readUInt32LE(4 * i));
		const [first = 0, second = 0] = words;
		switch (command) {
			case COMMAND.sync:
				return { status: OK, value: this.#mode === "stub" ? 0 : 0x20120707 };
			case COMMAND.readRegister:
				return { status: OK, value: this.registers.read(first) };
			case COMMAND.writeRegister:
				this.registers.write(first, second);
				return { status: OK };
			case COMMAND.spiAttach:
			case COMMAND.spiParameters:
			case COMMAND.flashEnd:
			case COMMAND.deflateEnd:
				return { status: OK };
			case COMMAND.baudRate:
				this.#nextBaudRate = first;
				return { status: OK };
			case COMMAND.securityInfo:
				return this.#securityInfo();
			case COMMAND.memoryBegin:
			case COMMAND.memoryData:
			case COMMAND.memoryEnd:
				return this.#memory(command, words, data, checksum);
			default:
				return this.#flash(command, words, data, checksum);
		}
	}

	#securityInfo(): Answer | undefined {
		if (!this.#model.tellsId) return undefined;
		const data = Buffer.alloc(20);
		data.writeUInt32LE(this.#model.id, 12);
		return { status: OK, data };
	}

	#memory(command: number, words: readonly number[], data: Buffer, checksum: number): Answer {
		if (command === COMMAND.memoryBegin) {
			this.uploads.push({ offset: words[3] ?? 0, bytes: [] });
			return { status: OK };
		}
		const segment = this.uploads.at(-1);
		if (segment === undefined) return { status: FAILED };
		if (command === COMMAND.memoryData) {
			segment.bytes.push(new Uint8Array(data.subarray(DATA_HEADER)));
			return { status: this.#judge(words, data, checksum) };
		}
		const [, entry = 0] = words;
		const inside = this.uploads.some(({ offset, bytes }) => {
			const length = bytes.reduce((sum, part) => sum + part.length, 0);
			return entry >= offset && entry < offset + length;
		});
		return { status: inside ? OK : FAILED };
	}

	#judge(words: readonly number[], data: Buffer, checksum: number): number {
		const payload = data.subarray(DATA_HEADER);
		if (payload.length !== words[0]) return BAD_FORMAT;
		const sum = payload.reduce((value, byte) => value ^ byte, CHECKSUM_START);
		return sum === (checksum & 0xff) ? OK : BAD_CHECKSUM;
	}

	#flash(command: number, words: readonly number[], data: Buffer, checksum: number): Answer | undefined {
		const stub = this.#mode === "stub";
		switch (command) {
			case COMMAND.flashBegin:
			case COMMAND.deflateBegin:
				return { status: this.flash.begin(words, command === COMMAND.deflateBegin) };
			case COMMAND.flashData:
			case COMMAND.deflateData: {
				const status = this.#judge(words, data, checksum);
				if (status !== OK) return { status };
				const compressed = command === COMMAND.deflateData;
				return { status: this.flash.data(words[1] ?? 0, new Uint8Array(data.subarray(DATA_HEADER)), compressed) };
			}
			case COMMAND.md5: {
				const digest = this.flash.md5(words[0] ?? 0, words[1] ?? 0);
				return { status: OK, data: stub ? digest : text(digest.toString("hex")) };
			}
			case COMMAND.eraseFlash:
				return stub ? { status: this.flash.eraseAll() } : undefined;
			default:
				return undefined;
		}
	}
}
