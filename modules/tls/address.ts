// SPDX-License-Identifier: Apache-2.0
//
// Bytes of an address literal, to compare with a certificate's (RFC 5280 section 4.2.1.6). The literal has been checked
// before, by the URL parser; what is none here is a name. Leaves out zones.

function decimal(text: string): number | undefined {
	return /^(0|[1-9][0-9]{0,2})$/.test(text) && Number(text) <= 255 ? Number(text) : undefined;
}

function fromIPv4(text: string): number[] | undefined {
	const parts = text.split(".", 5).map(decimal);
	const bytes = parts.filter((part) => part !== undefined);
	return parts.length === 4 && bytes.length === 4 ? bytes : undefined;
}

/** Groups of one side of "::". */
function fromGroups(text: string): number[] | undefined {
	if (text === "") return [];
	const bytes: number[] = [];
	const groups = text.split(":", 9);
	for (let i = 0; i < groups.length; i++) {
		const group = groups[i];
		const tail = i === groups.length - 1 && group.includes(".") ? fromIPv4(group) : undefined;
		if (tail) bytes.push(...tail);
		else if (/^[0-9A-Fa-f]{1,4}$/.test(group)) bytes.push(parseInt(group, 16) >> 8, parseInt(group, 16) & 0xff);
		else return undefined;
	}
	return bytes;
}

function fromIPv6(text: string): number[] | undefined {
	const halves = text.split("::", 3);
	const head = fromGroups(halves[0]);
	const tail = halves.length === 2 ? fromGroups(halves[1]) : [];
	if (halves.length > 2 || !head || !tail) return undefined;
	const gap = 16 - head.length - tail.length;
	if (halves.length === 1 ? gap !== 0 : gap < 2) return undefined;
	return [...head, ...new Array<number>(gap).fill(0), ...tail];
}

/** @returns 4 or 16 bytes; `undefined` when the host is a name */
export function addressBytes(host: string): Uint8Array | undefined {
	const bytes = host.includes(":") ? fromIPv6(host) : fromIPv4(host);
	return bytes && Uint8Array.from(bytes);
}
