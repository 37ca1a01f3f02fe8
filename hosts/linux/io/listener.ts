// SPDX-License-Identifier: Apache-2.0
//
// `embedded:io/socket/listener` on Linux: the native binding; behaviour is in listener.c.
// Sources: ECMA-419 section 9; Moddable SDK 8.2.3, modules/io/socket.

import type { Listener as ListenerShape, ListenerOptions } from "../../../modules/ecma419/listener.js";
import TCP from "embedded:io/socket/tcp";

/** Moves the oldest accepted connection into `empty` and returns it; `undefined` when nobody waits. */
function accept(this: Listener, empty: TCP): TCP | undefined {
	return native("xs_listener_read").call(this, empty);
}

export default class Listener extends Native("xs_listener_destructor") implements ListenerShape {
	constructor(options: ListenerOptions) {
		super();
		native("xs_listener_constructor").call(this, options);
	}
	close(): void {
		return native("xs_listener_close").call(this);
	}
	read(): TCP | undefined {
		return accept.call(this, new TCP());
	}
	get port(): number {
		return native("xs_listener_get_port").call(this);
	}
	get format(): "socket/tcp" {
		return "socket/tcp";
	}
	set format(value: "socket/tcp") {
		if (value !== "socket/tcp") throw new RangeError("format is socket/tcp");
	}
}
