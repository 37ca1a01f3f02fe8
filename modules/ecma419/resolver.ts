// SPDX-License-Identifier: Apache-2.0
//
// Name resolver of the shape of the Moddable SDK's `embedded:network/dns/resolver/udp`.

export interface ResolveOptions {
	host: string;
	/** One address literal per call of `resolve`. */
	onResolved: (host: string, address: string) => void;
	onError: (host: string, error?: Error) => void;
}

export interface Resolver {
	resolve(options: ResolveOptions): void;
	close(): void;
}

export type ResolverConstructor = new (options: Record<string, unknown>) => Resolver;
