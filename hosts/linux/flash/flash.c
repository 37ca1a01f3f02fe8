// SPDX-License-Identifier: Apache-2.0
//
// Natives of `embedded:storage/flash`: one script method, one function. Errors are those of the Moddable SDK's ESP32 class
// (modules/io/flash/esp32); two rules are stricter than the chip: see README.md.

#include <stddef.h>

#include "xsmc.h"
#include "mc.xs.h"

#include "../host.h"
#include "../loop/loop.h"
#include "partitions.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
	const Partition *partition; // NULL when closed
	bool readOnly;
} Flash;

// Process-wide, and on purpose: a board has one chip, and a second open of the file would meet our own lock. Opened at
// first use and held until the process ends.
static NOR *chip;
static PartitionTable table;

void xs_flash_destructor(void *data)
{
	(void)data;
}

static Flash *receiver(xsMachine *the)
{
	Flash *flash = xsmcGetHostChunkValidate(xsThis, xs_flash_destructor);
	if (flash->partition == NULL)
		xsSyntaxError("closed");
	return flash;
}

static NOR *open_chip(xsMachine *the)
{
	static uint64_t turn;
	if (chip != NULL) {
		if (turn != loop_turn())
			nor_new_turn(chip);
		turn = loop_turn();
		return chip;
	}
	const char *path = host_flash_path();
	if (path == NULL)
		xsUnknownError("no flash");
	NORResult result = nor_open(&chip, path, true);
	if (result != NOR_OK)
		xsUnknownError("no flash: %s", nor_message(result));
	const char *problem = partitions_read(&table, chip);
	if (problem != NULL) {
		nor_close(chip);
		chip = NULL;
		xsUnknownError("no flash: %s", problem);
	}
	const char *scale = host_option("time-scale");
	nor_set_wait(chip, !host_flash_timing() ? 0 : scale != NULL ? atof(scale) : 1);
	return chip;
}

static const Partition *running(void)
{
	return partitions_find(&table, PARTITION_TYPE_APP, PARTITION_APP_OTA_0 + (unsigned)host_running_slot());
}

void xs_flash_constructor(xsMachine *the)
{
	xsTypeError("use open()");
}

void xs_flash_close(xsMachine *the)
{
	// XS 13 cannot take a chunk away again, and there is nothing to release: the mark is enough.
	Flash *flash = xsmcGetHostChunkValidate(xsThis, xs_flash_destructor);
	flash->partition = NULL;
}

static const Partition *find(const char *path)
{
	if (strcmp(path, "xs") == 0)
		return partitions_find(&table, 0x40, 1);
	if (strcmp(path, "running") == 0)
		return running();
	if (strcmp(path, "nextota") == 0)
		return partitions_next_slot(&table, host_running_slot());
	return partitions_find_data(&table, path);
}

static bool read_only_mode(xsMachine *the)
{
	if (!xsmcHas(xsArg(0), xsID_mode))
		return false;
	xsmcGet(xsVar(0), xsArg(0), xsID_mode);
	const char *mode = xsmcToString(xsVar(0));
	bool readOnly = strcmp(mode, "r") == 0;
	if (!readOnly && strcmp(mode, "r+") != 0)
		xsUnknownError("invalid mode");
	return readOnly;
}

static void check_format(xsMachine *the)
{
	if (!xsmcHas(xsArg(0), xsID_format))
		return;
	xsmcGet(xsVar(0), xsArg(0), xsID_format);
	if (xsmcTest(xsVar(0)) && strcmp(xsmcToString(xsVar(0)), "buffer") != 0)
		xsRangeError("unsupported format");
}

void xs_flash_open(xsMachine *the)
{
	Flash flash;
	xsmcVars(1);
	if (!xsmcHas(xsArg(0), xsID_path))
		xsUnknownError("no path");
	xsmcGet(xsVar(0), xsArg(0), xsID_path);
	const char *path = xsmcToString(xsVar(0));
	open_chip(the);
	flash.partition = find(path);
	if (flash.partition == NULL)
		xsUnknownError("can't find partition");
	flash.readOnly = read_only_mode(the);
	check_format(the);
	xsResult = xsNewHostInstance(xsArg(1));
	xsmcSetHostChunk(xsResult, &flash, sizeof(flash));
}

/** Offset in the flash of `length` bytes at `position` of the partition; throws when they are not all inside. */
static uint32_t absolute(xsMachine *the, const Partition *partition, int64_t position, int64_t length, const char *verb)
{
	if (position < 0 || length < 0 || position > partition->size || length > partition->size - position)
		xsUnknownError("%s failed: outside the partition", verb);
	return partition->offset + (uint32_t)position;
}

static void check(xsMachine *the, NORResult result, const char *verb)
{
	if (result != NOR_OK)
		xsUnknownError("%s failed: %s", verb, nor_message(result));
}

static void check_writable(xsMachine *the, const Flash *flash)
{
	if (flash->readOnly || (flash->partition->flags & PARTITION_FLAG_READ_ONLY))
		xsUnknownError("read-only");
	if (flash->partition == running())
		xsUnknownError("read-only: firmware runs from here");
}

void xs_flash_eraseBlock(xsMachine *the)
{
	Flash flash = *receiver(the);
	check_writable(the, &flash);
	int64_t start = xsmcToInteger(xsArg(0));
	int64_t stop = start + 1;
	if (xsmcArgc > 1)
		stop = xsmcToInteger(xsArg(1));
	int64_t length = (stop - start) * NOR_SECTOR_SIZE;
	uint32_t offset = absolute(the, flash.partition, start * NOR_SECTOR_SIZE, length, "erase");
	check(the, nor_erase(open_chip(the), offset, (uint32_t)length), "erase");
}

void xs_flash_read(xsMachine *the)
{
	Flash flash = *receiver(the);
	int32_t position = xsmcToInteger(xsArg(1));
	int type = xsmcTypeOf(xsArg(0));
	void *buffer;
	xsUnsignedValue length;
	uint32_t offset;
	if (type == xsIntegerType || type == xsNumberType) {
		int32_t wanted = xsmcToInteger(xsArg(0));
		offset = absolute(the, flash.partition, position, wanted, "read");
		xsmcSetArrayBuffer(xsResult, NULL, wanted);
		buffer = xsmcToArrayBuffer(xsResult);
		length = (xsUnsignedValue)wanted;
	} else {
		xsmcGetBufferWritable(xsArg(0), &buffer, &length);
		offset = absolute(the, flash.partition, position, length, "read");
		xsmcSetInteger(xsResult, (xsIntegerValue)length);
	}
	check(the, nor_read(open_chip(the), offset, buffer, length), "read");
}

void xs_flash_write(xsMachine *the)
{
	Flash flash = *receiver(the);
	check_writable(the, &flash);
	int32_t position = xsmcToInteger(xsArg(1));
	void *buffer;
	xsUnsignedValue length;
	xsmcGetBufferReadable(xsArg(0), &buffer, &length);
	uint32_t offset = absolute(the, flash.partition, position, length, "write");
	check(the, nor_program(open_chip(the), offset, buffer, length), "write");
}

static void set_number(xsMachine *the, xsIdentifier id, double value)
{
	xsmcSetNumber(xsVar(0), value);
	xsmcSet(xsResult, id, xsVar(0));
}

void xs_flash_status(xsMachine *the)
{
	Flash flash = *receiver(the);
	xsmcVars(1);
	xsmcSetNewObject(xsResult);
	set_number(the, xsID_size, flash.partition->size);
	set_number(the, xsID_blockLength, NOR_SECTOR_SIZE);
	set_number(the, xsID_blocks, flash.partition->size / NOR_SECTOR_SIZE);
	set_number(the, xsID_writeAlign, 1);
	set_number(the, xsID_eraseValue, 0xFF);
}

void xs_flash_label(xsMachine *the)
{
	open_chip(the);
	int32_t index = xsmcToInteger(xsArg(0));
	if (index >= 0 && (unsigned)index < table.count)
		xsmcSetString(xsResult, (char *)table.entries[index].label);
}

void xs_flash_statistics(xsMachine *the)
{
	NORStatistics statistics = nor_session(open_chip(the));
	xsmcVars(1);
	xsmcSetNewObject(xsResult);
	set_number(the, xsID_reads, (double)statistics.reads);
	set_number(the, xsID_bytesRead, (double)statistics.bytesRead);
	set_number(the, xsID_programs, (double)statistics.programs);
	set_number(the, xsID_bytes, (double)statistics.bytesProgrammed);
	set_number(the, xsID_sectorErases, (double)statistics.sectorErases);
	set_number(the, xsID_blockErases, (double)statistics.blockErases);
	set_number(the, xsID_busyMicroseconds, (double)statistics.busyMicroseconds);
	set_number(the, xsID_longestMicroseconds, (double)statistics.longestMicroseconds);
}
