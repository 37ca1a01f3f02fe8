// SPDX-License-Identifier: Apache-2.0
//
// This host's own IPv4 address: the native binding; behaviour is in local-address.c.

/** @returns an IPv4 literal; `undefined` while there is no route to anywhere */
export default function localAddress(): string | undefined {
	return native("xs_local_address").call(this);
}
