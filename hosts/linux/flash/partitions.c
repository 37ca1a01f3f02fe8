// SPDX-License-Identifier: Apache-2.0
//
// Partition table reader.
//
//   0  magic AA 50   2  type   3  subtype   4  offset   8  size   12  label, 16 bytes   28  flags
//   0  magic EB EB   2  FF x 14                                    16  MD5 of all entries before this one

#include "partitions.h"
#include "md5.h"

#include <string.h>

enum { ENTRY_LENGTH = 32 };

static uint32_t u32(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static const char *read_entry(PartitionTable *table, const uint8_t *entry, uint32_t flashSize)
{
	Partition *partition = &table->entries[table->count];
	partition->type = entry[2];
	partition->subtype = entry[3];
	partition->offset = u32(entry + 4);
	partition->size = u32(entry + 8);
	memcpy(partition->label, entry + 12, 16);
	partition->label[16] = 0;
	partition->flags = u32(entry + 28);
	if (partition->offset > flashSize || partition->size > flashSize - partition->offset)
		return "a partition reaches beyond the flash";
	table->count++;
	return NULL;
}

static const char *read_entries(PartitionTable *table, const uint8_t *bytes, uint32_t flashSize)
{
	bool checked = false;
	for (unsigned i = 0; i < PARTITION_MAX_ENTRIES; i++) {
		const uint8_t *entry = bytes + i * ENTRY_LENGTH;
		if (entry[0] == 0xAA && entry[1] == 0x50) {
			const char *problem = read_entry(table, entry, flashSize);
			if (problem != NULL)
				return problem;
		} else if (entry[0] == 0xEB && entry[1] == 0xEB) {
			uint8_t digest[16];
			if (checked)
				return "two checksums in the partition table";
			flash_md5(bytes, i * ENTRY_LENGTH, digest);
			if (memcmp(digest, entry + 16, sizeof(digest)) != 0)
				return "wrong checksum of the partition table";
			checked = true;
		} else if (i > 0 && entry[0] == 0xFF && entry[1] == 0xFF && entry[2] == 0xFF && entry[3] == 0xFF) {
			return NULL;
		} else {
			return i == 0 ? "no partition table" : "damaged partition table";
		}
	}
	return "partition table without an end";
}

const char *partitions_read(PartitionTable *table, NOR *nor)
{
	uint8_t bytes[PARTITION_TABLE_LENGTH];
	table->count = 0;
	if (nor_read(nor, PARTITION_TABLE_OFFSET, bytes, sizeof(bytes)) != NOR_OK)
		return "flash is too small for a partition table";
	const char *problem = read_entries(table, bytes, nor_size(nor));
	if (problem != NULL)
		table->count = 0;
	return problem;
}

const Partition *partitions_find(const PartitionTable *table, unsigned type, unsigned subtype)
{
	for (unsigned i = 0; i < table->count; i++) {
		if (table->entries[i].type == type && table->entries[i].subtype == subtype)
			return &table->entries[i];
	}
	return NULL;
}

const Partition *partitions_find_data(const PartitionTable *table, const char *label)
{
	for (unsigned i = 0; i < table->count; i++) {
		if (table->entries[i].type == PARTITION_TYPE_DATA && strcmp(table->entries[i].label, label) == 0)
			return &table->entries[i];
	}
	return NULL;
}

const Partition *partitions_next_slot(const PartitionTable *table, int running)
{
	for (int i = 1; i <= 16; i++) {
		unsigned slot = (unsigned)((running + i) % 16);
		const Partition *partition = partitions_find(table, PARTITION_TYPE_APP, PARTITION_APP_OTA_0 + slot);
		if (partition != NULL)
			return partition;
	}
	return NULL;
}
