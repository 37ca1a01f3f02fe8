// SPDX-License-Identifier: Apache-2.0
//
// Host objects of foreign kinds, which a class under test must refuse as receiver or argument (host-objects.c).

/** Holds a pointer that leads nowhere. */
export class HostObject extends Native("xs_sdktests_foreign_destructor") {
	constructor() {
		super();
		native("xs_sdktests_pointer").call(this);
	}
}

/** Holds a chunk of 16 bytes. */
export class HostObjectChunk extends Native("xs_sdktests_foreign_destructor") {
	constructor() {
		super();
		native("xs_sdktests_chunk").call(this);
	}
}

/** Holds a buffer of that many bytes, zero at first. */
export class HostBuffer extends Native("xs_sdktests_buffer_destructor") {
	constructor(byteLength: number) {
		super();
		native("xs_sdktests_buffer").call(this, byteLength);
	}
}
