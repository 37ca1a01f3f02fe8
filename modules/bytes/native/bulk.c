/* SPDX-License-Identifier: Apache-2.0
 *
 * Natives of bulk.ts and crc32.ts: loops over bytes. Pointers into script memory are taken again after each allocation.
 */

#include "xsmc.h"

#include "mc.xs.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef struct {
	const uint8_t *bytes;
	xsUnsignedValue length;
} view_t;

static view_t view(xsMachine *the, xsSlot *slot)
{
	void *bytes;
	view_t result;
	xsmcGetBufferReadable(*slot, &bytes, &result.length);
	result.bytes = bytes;
	return result;
}

/* (bytes, value) */
void xs_bytes_xor(xsMachine *the)
{
	uint8_t sum = (uint8_t)xsmcToInteger(xsArg(1));
	view_t left = view(the, &xsArg(0));
	uint32_t word = 0, next;
	for (; left.length >= sizeof(word); left.bytes += sizeof(word), left.length -= sizeof(word)) {
		memcpy(&next, left.bytes, sizeof(next));
		word ^= next;
	}
	while (left.length--)
		sum ^= *left.bytes++;
	sum ^= (uint8_t)(word ^ word >> 8 ^ word >> 16 ^ word >> 24);
	xsmcSetInteger(xsResult, sum);
}

/* (piece, whole, at) */
void xs_bytes_isPart(xsMachine *the)
{
	xsIntegerValue at = xsmcToInteger(xsArg(2));
	view_t piece = view(the, &xsArg(0));
	view_t whole = view(the, &xsArg(1));
	bool inside = at >= 0 && (xsUnsignedValue)at <= whole.length && piece.length <= whole.length - (xsUnsignedValue)at;
	xsmcSetBoolean(xsResult, inside && !memcmp(piece.bytes, whole.bytes + at, piece.length));
}

/* (bytes, value) */
void xs_bytes_isFilled(xsMachine *the)
{
	uint8_t value = (uint8_t)xsmcToInteger(xsArg(1));
	view_t left = view(the, &xsArg(0));
	while (left.length && *left.bytes == value) {
		left.bytes++;
		left.length--;
	}
	xsmcSetBoolean(xsResult, !left.length);
}

/* The engine's strings end with NUL, so a NUL within one is not what it seems. */
static bool is_ascii(const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (!bytes[i] || bytes[i] > 0x7F)
			return false;
	}
	return true;
}

/* (bytes) */
void xs_bytes_asciiText(xsMachine *the)
{
	view_t input = view(the, &xsArg(0));
	if (!is_ascii(input.bytes, input.length))
		return;
	xsmcSetStringBuffer(xsResult, NULL, (xsIntegerValue)input.length);
	input = view(the, &xsArg(0));
	memcpy(xsmcToString(xsResult), input.bytes, input.length);
}

/* (text) */
void xs_bytes_asciiBytes(xsMachine *the)
{
	const char *text = xsmcToString(xsArg(0));
	size_t length = strlen(text);
	if (!is_ascii((const uint8_t *)text, length))
		return;
	xsmcSetArrayBuffer(xsResult, NULL, (xsIntegerValue)length);
	memcpy(xsmcToArrayBuffer(xsResult), xsmcToString(xsArg(0)), length);
}

/* (bytes, previous): half a byte a step, so that the table is 64 bytes. */
void xs_bytes_crc32(xsMachine *the)
{
	static const uint32_t nibbles[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
		0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278,
		0xbdbdf21c};
	bool first = xsmcArgc < 2 || xsmcTypeOf(xsArg(1)) == xsUndefinedType;
	uint32_t crc = first ? ~(uint32_t)0 : ~(uint32_t)xsmcToNumber(xsArg(1));
	view_t left = view(the, &xsArg(0));
	while (left.length--) {
		crc ^= *left.bytes++;
		crc = crc >> 4 ^ nibbles[crc & 15];
		crc = crc >> 4 ^ nibbles[crc & 15];
	}
	xsmcSetNumber(xsResult, (uint32_t)~crc);
}
