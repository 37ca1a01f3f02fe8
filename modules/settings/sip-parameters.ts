// SPDX-License-Identifier: Apache-2.0
//
// Parameters of the SIP listener: whether NOTIFY check-sync is obeyed, on which ports, and from whom.
// Names, ranges and defaults: AudioCodes MP-11x SIP User's Manual 6.6 (LTRT-65432), AcGateway. Lines marked "ours" have no model there.

import { flag, integer, text, type Parameter } from "./parameter.js";

const RESET = { reset: true };

// prettier-ignore
export const sipParameters: readonly Parameter[] = Object.freeze([
	flag("EnableSIPRemoteReset", 0, "listen for SIP, and obey NOTIFY check-sync of SIPNotifySources, or with SIPNotifyPassword; of nobody while both are empty"),
	integer("LocalSIPPort", 5060, [0, 65535, ""], "UDP port for SIP; 0: none (0 ours)"),
	integer("TCPLocalSIPPort", 5060, [0, 65535, ""], "TCP port for SIP; 0: none (0 ours)"),
	integer("TLSLocalSIPPort", 5061, [0, 65535, ""], "TLS port for SIP, needs a device certificate; 0: none (0 ours)"),
	text("SIPNotifySources", 255, "addresses, networks (10.0.0.0/8) and names that may trigger without a password (ours)"),
	text("SIPNotifyUser", 50, "user that all others are asked for by Digest (ours)"),
	text("SIPNotifyPassword", 50, "password of it; empty: others are refused (ours)", { secret: true }),
	integer("SIPNotifyDigest", 2, [0, 2, ""], "Digest by: 0 SHA-256, 1 SHA-256 or MD5, 2 MD5 or SHA-256: for senders that see the first only (ours)"),
	integer("SIPNotifyInterval", 60, [0, 3600, "s"], "least time between two updates by NOTIFY; those between are joined (ours)"),
	flag("VerifyServerCertificate", 0, "SIP over TLS: verify the other side"),
	integer("PeerHostNameVerificationMode", 0, [0, 2, ""], "SIP over TLS: compare names: 0 no, 1 as client, 2 always"),
	text("TLSRemoteSubjectName", 49, "SIP over TLS: name to expect in the certificate"),
	flag("SIPSRequireClientCertificate", 0, "SIP over TLS: clients must show a certificate", RESET),
]);
