// SPDX-License-Identifier: Apache-2.0
//
// `embedded:network/dns/resolver/udp` on Linux: the native binding; behaviour and error codes are in resolver.c.
// `family` 4 or 6, of the resolver or of one request, asks for addresses of that family only.
// Source: Moddable SDK 8.2.3, examples/io/udp/dns.

import type { ResolveOptions, Resolver as ResolverShape } from "../../../modules/ecma419/resolver.js";

export default class Resolver extends Native("xs_resolver_destructor") implements ResolverShape {
	constructor(options?: Record<string, unknown>) {
		super();
		native("xs_resolver_constructor").call(this, options);
	}
	close(): void {
		return native("xs_resolver_close").call(this);
	}
	resolve(options: ResolveOptions & { family?: 0 | 4 | 6 }): void {
		return native("xs_resolver_resolve").call(this, options);
	}
}
