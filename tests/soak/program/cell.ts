// SPDX-License-Identifier: Apache-2.0
//
// A gateway in one place: the whole program of main.ts on the host's own sockets and timers, with a chip that the soak holds. A
// restart, a crash and a power cut end all it has, and the loader starts it anew in the same machine, so that whatever stays behind
// shows.

import Listener from "embedded:io/socket/listener";
import TCP from "embedded:io/socket/tcp";
import UDP from "embedded:io/socket/udp";
import Resolver from "embedded:network/dns/resolver/udp";
import Timer from "timer";
import type { Board, ResetReason } from "upgate/ecma419/board";
import type { Device } from "upgate/ecma419/device";
import type { Listener as ListenerType, ListenerConstructor } from "upgate/ecma419/listener";
import type { ResolverConstructor } from "upgate/ecma419/resolver";
import type { TCPConstructor } from "upgate/ecma419/tcp";
import type { UDPConstructor } from "upgate/ecma419/udp";
import { parseDescription } from "upgate/image/description";
import LinuxBoard from "upgate/linux/board";
import main from "upgate/main";
import type { StampedRecord } from "upgate/update/events";
import { boardClock } from "../../fakes/board-clock.js";
import { PowerCut } from "../../fakes/flash.js";
import type { Random } from "../../harness/random.js";
import type { Chip } from "../../powercut/chip.js";
import { testChip } from "../../update/image.js";
import { makeStorage } from "./chip-flash.js";
import { Ledger } from "./ledger.js";
import { SerialLine } from "./serial-line.js";

export interface CellOptions {
	chip: Chip;
	random: Random;
	builtMs: number;
	onEvent: (record: StampedRecord) => void;
	/** The firmware starts. */
	onBoot: () => void;
	/** The firmware has failed in a way that no fault explains. */
	onFinding: (text: string) => void;
}

export class Cell {
	readonly board = new LinuxBoard();
	/** Versions that crash as soon as they run. */
	faulty: readonly string[] = [];
	version = "";
	slot: 0 | 1 = 0;
	/** Bytes that gateways have written to their stores, and to the slots. */
	storeBytes = 0;
	slotBytes = 0;
	/** Starts so far, and power cuts. */
	boots = 0;
	cuts = 0;
	ledger = new Ledger(() => undefined);
	line: SerialLine | undefined;
	readonly chip: Chip;
	readonly #options: CellOptions;

	constructor(options: CellOptions) {
		this.#options = options;
		this.chip = options.chip;
	}

	/** The loader, then the firmware. */
	powerOn(reason: ResetReason): void {
		const { chip } = this.#options;
		chip.flash.reboot();
		let loaded: ReturnType<Chip["load"]>;
		try {
			loaded = chip.load();
		} catch (error) {
			if (!(error instanceof PowerCut)) throw error;
			this.cuts++;
			return this.powerOn("power-on");
		}
		if (loaded === undefined) return this.#options.onFinding("nothing is bootable");
		this.#start(loaded.slot, reason);
	}

	/** The power goes now, or the firmware hangs. */
	reset(reason: ResetReason): void {
		const { ledger } = this;
		if (!ledger.alive) return;
		ledger.alive = false;
		Timer.set(() => {
			ledger.reset();
			this.line = undefined;
			this.powerOn(reason);
		});
	}

	#start(slot: 0 | 1, reason: ResetReason): void {
		const { chip, onBoot, onFinding } = this.#options;
		const ledger = new Ledger((error) =>
			onFinding(error instanceof Error ? (error.stack ?? String(error)) : String(error)),
		);
		this.ledger = ledger;
		this.slot = slot;
		this.boots++;
		const running = chip.partition(slot === 0 ? "slot0" : "slot1");
		const description = parseDescription(new Uint8Array(running.read(288, 0)).subarray(32));
		this.version = description.version;
		onBoot();
		if (this.faulty.includes(description.version)) return this.reset("panic");
		try {
			main(this.#device(ledger, this.#board(description, slot, reason)));
		} catch (error) {
			if (ledger.alive) throw error;
		}
	}

	#device(ledger: Ledger, board: Board): Device {
		const { chip } = this.#options;
		const timer = ledger.timers(Timer);
		this.line = new SerialLine(timer);
		const power = {
			...{ chip, ledger },
			onWrite: (name: string, bytes: number) => {
				if (name === "store") this.storeBytes += bytes;
				else if (name !== "otadata") this.slotBytes += bytes;
			},
			onCut: () => {
				if (ledger.alive) this.cuts++;
				this.reset("power-on");
			},
		};
		return {
			io: {
				TCP: ledger.trackClass("tcp", TCP as unknown as TCPConstructor) as TCPConstructor,
				UDP: ledger.trackClass("udp", UDP as unknown as UDPConstructor) as UDPConstructor,
				Listener: this.#listeners(ledger),
				Serial: ledger.trackClass("serial", this.line.Serial) as Device["io"]["Serial"],
				Resolver: ledger.trackClass("resolver", Resolver as unknown as ResolverConstructor) as ResolverConstructor,
			},
			storage: makeStorage(power, this.slot),
			...{ timer, board },
		};
	}

	/** What a listener gives stands in the ledger until a socket takes it over. */
	#listeners(ledger: Ledger): ListenerConstructor {
		return ledger.trackClass("listener", Listener as unknown as ListenerConstructor, (made: ListenerType) => {
			const { read } = made;
			Object.defineProperty(made, "read", {
				value: () => {
					const accepted = read.call(made);
					if (accepted !== undefined) ledger.add("accepted", accepted, () => accepted.close());
					return accepted;
				},
			});
		}) as ListenerConstructor;
	}

	#board(description: ReturnType<typeof parseDescription>, runningSlot: 0 | 1, resetReason: ResetReason): Board {
		const { random, builtMs, onEvent } = this.#options;
		const { board } = this;
		const { version, model, secureVersion } = description;
		const startTicks = board.clock.ticks();
		const ticks = (): number => board.clock.ticks() - startTicks;
		const { ledger } = this;
		return {
			...{ resetReason, runningSlot, chip: testChip, mac: board.mac },
			application: { version, name: model, secureVersion, builtMs, sha256: "" },
			clock: boardClock(ticks),
			random: (bytes) => bytes.set(random.bytes(bytes.length)),
			restart: () => this.reset("software"),
			memory: () => board.memory(),
			event: (record) => {
				if (ledger.alive) onEvent(record as StampedRecord);
			},
			option: (name) => board.option(name),
		};
	}
}
