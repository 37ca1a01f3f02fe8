// SPDX-License-Identifier: Apache-2.0
//
// What hosts/esp32 and hosts/lin use of the Moddable SDK's modules, for checks on machines that have no SDK. With an SDK its own typings
// are taken instead. Source: Moddable SDK 8.2.3, typings and modules.

declare function trace(text: string): void;

declare module "timer" {
	class Timer {
		private constructor();
		private brand: boolean;
		static set(callback: (timer: Timer) => void, interval?: number, repeat?: number): Timer;
		static repeat(callback: (timer: Timer) => void, interval: number): Timer;
		static schedule(timer: Timer, interval?: number, repeat?: number): void;
		static clear(timer: Timer | undefined | null): void;
	}
	export { Timer as default };
}

declare module "net" {
	export default class Net {
		static resolve(host: string, callback: (name: string, address?: string) => void): void;
	}
}

declare module "embedded:io/socket/tcp" {
	export default class TCP {
		constructor(options: object);
	}
}

declare module "embedded:io/socket/udp" {
	export default class UDP {
		constructor(options: object);
	}
}

declare module "embedded:io/socket/listener" {
	export default class Listener {
		constructor(options: object);
	}
}

declare module "embedded:network/interface/wifi" {
	export default class WiFi {
		constructor(options: object);
	}
}

declare module "embedded:network/interface/ethernet" {
	export default class Ethernet {
		constructor(options: object);
	}
}

declare module "embedded:storage/flash" {
	interface Flash {
		close(): void;
		eraseBlock(start: number, end?: number): void;
		read(byteLength: number, byteOffset: number): ArrayBuffer;
		read(buffer: Uint8Array, byteOffset: number): number;
		write(buffer: Uint8Array, byteOffset: number): void;
		status(): { size: number; blockLength: number; blocks: number };
	}
	const storage: { open(options: { path: string; mode?: "r" | "r+" }): Flash };
	export default storage;
}
