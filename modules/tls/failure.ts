// SPDX-License-Identifier: Apache-2.0
//
// Puts numbers of Mbed TLS, flags of its verification and alerts of the peer into codes and sentences. Pure.
// Sources: Mbed TLS 3.6, ssl.h, x509.h, pk.h; RFC 8446 section 6; RFC 5280 section 6.

import { TLSError, type TLSErrorCode } from "./errors.js";
import type { Findings } from "./findings.js";
import type { JudgedClock } from "./judge.js";

/** Statuses that the socket acts on. */
export const wantRead = -0x6900;
export const newTicket = -0x7b00;
export const closeNotify = -0x7880;

/** What a sentence about dates needs of the clock. */
type DatedBy = Pick<JudgedClock, "seconds" | "source">;

/** Where in the life of a connection a failure came. */
export type Phase = "handshake" | "fresh" | "open";

/** High part of a status: the module's own error, without the inner one that may be added to it. */
function ownNumber(status: number): number {
	return -status & 0xff80;
}

function day(seconds: number): string {
	return seconds === 0 ? "an unknown date" : new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ");
}

function whose(findings: Findings): string {
	const place = findings.depth === 0 ? "certificate" : `certificate ${findings.depth} above the peer's own`;
	return findings.subject === "" ? place : `${place} "${findings.subject}"`;
}

/** Index: `TLS_TRUST_` numbers of tls.h. */
function trustFault(findings: Findings): [TLSErrorCode, string] {
	const who = whose(findings);
	const issuer = `"${findings.issuer}"`;
	const faults: [TLSErrorCode, string][] = [
		["TLS_NOT_TRUSTED", `${who} is not trusted`],
		["TLS_SELF_SIGNED", `${who} is signed by itself and is not a trusted root`],
		["TLS_ISSUER_MISSING", `${who}: its issuer ${issuer} was neither sent by the peer nor is it a trusted root`],
		["TLS_ROOT_UNKNOWN", `${who} leads to ${issuer}, which is not a trusted root`],
		["TLS_NOT_CA", `${who} is signed by ${issuer}, which may not sign certificates: it is no CA`],
		["TLS_CA_USAGE", `${who} is signed by ${issuer}, whose key usage does not allow to sign certificates`],
		["TLS_PATH_LENGTH", `${who} is signed by ${issuer}, above which a path length forbids so long a chain`],
		["TLS_SIGNATURE", `${who}: the signature is not that of ${issuer}`],
	];
	return faults[findings.trust] ?? faults[0];
}

/** One flag of Mbed TLS each, the gravest first. */
function certificateFault(findings: Findings, clock: DatedBy): [TLSErrorCode, string] | undefined {
	const { flags } = findings;
	const who = whose(findings);
	const by = `by clock ${day(clock.seconds)} from ${clock.source}`;
	if (flags & 0x08) return trustFault(findings);
	if (flags & 0x4000) return ["TLS_WEAK_HASH", `${who} is signed with a hash that is too weak`];
	if (flags & 0x18000) return ["TLS_WEAK_KEY", `${who}: the key, or its issuer's, is too weak or of no accepted kind`];
	if (flags & 0x3800) return ["TLS_USAGE", `${who} may not be used for this side of TLS (key usage)`];
	if (flags & 0x01) return ["TLS_EXPIRED", `${who} expired on ${day(findings.to)} ${by}`];
	if (flags & 0x200) return ["TLS_NOT_YET_VALID", `${who} is valid from ${day(findings.from)}, ${by}`];
	if (flags & 0x04) return ["TLS_NAME", `${who} is not for this host name or address`];
	if (flags & 0x40) return ["TLS_CERTIFICATE_MISSING", "the peer sent no certificate"];
	return flags === 0 ? undefined : ["TLS_CERTIFICATE", `${who} was refused`];
}

const numberFaults: readonly [number, TLSErrorCode, string][] = Object.freeze([
	[0x2080, "TLS_WEAK_KEY", "a certificate uses what is not supported"],
	[0x2600, "TLS_WEAK_HASH", "a certificate is signed with an algorithm that is not accepted"],
	[0x3000, "TLS_CHAIN_LENGTH", "the certificate chain is too long"],
	[0x3a00, "TLS_WEAK_KEY", "a certificate's key is on a curve that is not accepted"],
	[0x3c80, "TLS_WEAK_KEY", "a certificate's key is of a kind that is not accepted"],
	[0x5e80, "TLS_OPTION", "the configuration does not fit together"],
	[0x6a00, "TLS_RECORD_SIZE", "a message is longer than the record buffers"],
	[0x6e00, "TLS_HANDSHAKE", "no suite, group or signature that both sides accept"],
	[0x6e80, "TLS_VERSION", "the peer wants a TLS version that is not accepted"],
	[0x7100, "TLS_RECORD_SIZE", "a record is longer than the record buffers"],
	[0x7180, "TLS_RECORD", "a record is not authentic"],
	[0x7200, "TLS_RECORD", "what came is not TLS, or a broken record"],
	[0x7280, "TLS_TRUNCATED", "the connection ended without TLS's own end"],
	[0x7480, "TLS_CERTIFICATE_MISSING", "the peer sent no certificate"],
	[0x7580, "TLS_ALPN", "no protocol that both sides speak (ALPN)"],
	[0x7680, "TLS_NO_ROOTS", "no trusted root is there to verify with"],
	[0x7a00, "TLS_CERTIFICATE", "the peer's certificate cannot be used"],
	[0x7f00, "TLS_MEMORY", "no memory"],
] as const);

const alertNames: Readonly<Record<number, string>> = Object.freeze({
	10: "unexpected message",
	20: "record not authentic",
	22: "record too long",
	40: "handshake failure: nothing that both sides accept",
	42: "bad certificate",
	43: "unsupported certificate",
	44: "certificate revoked",
	45: "certificate expired",
	46: "certificate unknown",
	47: "illegal parameter",
	48: "unknown CA",
	49: "access denied",
	50: "decode error",
	51: "decrypt error",
	70: "TLS version not supported",
	71: "insufficient security",
	80: "internal error",
	86: "inappropriate fallback",
	90: "cancelled",
	109: "missing extension",
	110: "unsupported extension",
	112: "unknown server name",
	116: "certificate required",
	120: "no application protocol",
});

/** @param alert number of RFC 8446 section 6 */
export function alertName(alert: number): string {
	return alertNames[alert] ?? (alert === 0 ? "close notify" : "unknown");
}

function alertFailure(findings: Findings, phase: Phase): TLSError {
	const alert = findings.alert >= 0 ? findings.alert : undefined;
	const name = alert === undefined ? "an encrypted alert" : `alert ${alert}, ${alertName(alert)}`;
	const details = { number: 0x7780, alert };
	if (phase === "handshake") return new TLSError("TLS_REFUSED", `the peer refused the handshake: ${name}`, details);
	if (phase === "open") return new TLSError("TLS_ALERT", `the peer ended the connection with an alert`, details);
	const text =
		"the peer refused right after the handshake, as servers do for a client certificate that is missing or unknown";
	return new TLSError("TLS_REFUSED_LATE", text, details);
}

/**
 * @param status below 0, what an engine's method returned
 * @param findings of the same engine
 */
export function failureOf(status: number, findings: Findings, phase: Phase, clock: DatedBy): TLSError {
	const number = ownNumber(status);
	if (number === 0x7780) return alertFailure(findings, phase);
	if (number === 0x2700 || number === 0x7a00) {
		const fault = certificateFault(findings, clock);
		if (fault) return new TLSError(fault[0], fault[1], { number: -status });
	}
	return numberFailure(status);
}

/** A status without an engine: of a context. */
export function numberFailure(status: number): TLSError {
	const number = ownNumber(status);
	const known = numberFaults.find((fault) => fault[0] === number);
	if (known) return new TLSError(known[1], known[2], { number: -status });
	// The families of Mbed TLS: X.509 from 0x2080 to 0x3000, keys from 0x3880 to 0x3f80.
	if (number >= 0x2080 && number <= 0x3f80)
		return new TLSError("TLS_CERTIFICATE", "a certificate cannot be read", { number: -status });
	return new TLSError("TLS_HANDSHAKE", "the TLS connection failed", { number: -status });
}

/** The socket below has ended, or could not be had. @param connected whether there was a connection */
export function lostBelow(cause: unknown, connected: boolean): TLSError {
	if (!connected) return new TLSError("TLS_CONNECTION", "no connection", { cause });
	const orderly = typeof cause === "object" && cause !== null && "code" in cause && cause.code === "TCP_CLOSED";
	const text = orderly || cause === undefined ? "ended without TLS's own end" : "broke";
	return new TLSError("TLS_TRUNCATED", `the connection ${text}`, { cause });
}
