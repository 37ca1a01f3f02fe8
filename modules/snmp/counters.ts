// SPDX-License-Identifier: Apache-2.0
//
// What the agent has counted since it started: plain numbers that wrap at 2^32 where they are read.
// Sources: RFC 3418 (snmp), RFC 3412 (snmpMPDStats), RFC 3413 (snmpTarget), RFC 3414 (usmStats).

export class Counters {
	inPkts = 0;
	outPkts = 0;
	inBadVersions = 0;
	inBadCommunityNames = 0;
	inBadCommunityUses = 0;
	inASNParseErrs = 0;
	silentDrops = 0;
	unknownSecurityModels = 0;
	invalidMsgs = 0;
	unknownPDUHandlers = 0;
	unavailableContexts = 0;
	unknownContexts = 0;
	unsupportedSecLevels = 0;
	notInTimeWindows = 0;
	unknownUserNames = 0;
	unknownEngineIDs = 0;
	wrongDigests = 0;
	decryptionErrors = 0;
	/** Datagrams of sources that may not ask. */
	foreignSources = 0;
	/** Datagrams above the rate of their source. */
	tooFast = 0;
	/** Requests that were answered before: repeated sets. */
	repeated = 0;
	/** Varbinds set. */
	sets = 0;
	trapsSent = 0;
	informsLost = 0;
}
