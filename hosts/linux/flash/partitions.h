// SPDX-License-Identifier: Apache-2.0
//
// Reads the partition table of a flash: ESP-IDF's binary form at 0x8000, 32-byte entries and an MD5 entry.
// Source: ESP-IDF programming guide, "Partition Tables"; components/bootloader_support/src/flash_partitions.c.
#ifndef PARTITIONS_H
#define PARTITIONS_H

#include "nor.h"

enum {
	PARTITION_TABLE_OFFSET = 0x8000,
	PARTITION_TABLE_LENGTH = 0xC00,
	PARTITION_MAX_ENTRIES = PARTITION_TABLE_LENGTH / 32,
	PARTITION_TYPE_APP = 0x00,
	PARTITION_TYPE_DATA = 0x01,
	PARTITION_APP_FACTORY = 0x00,
	PARTITION_APP_OTA_0 = 0x10,
	PARTITION_APP_OTA_15 = 0x1F,
	PARTITION_APP_TEST = 0x20,
	PARTITION_DATA_OTA = 0x00,
	PARTITION_FLAG_READ_ONLY = 2
};

typedef struct {
	uint8_t type;
	uint8_t subtype;
	uint32_t offset;
	uint32_t size;
	uint32_t flags;
	char label[17];
} Partition;

typedef struct {
	unsigned count;
	Partition entries[PARTITION_MAX_ENTRIES];
} PartitionTable;

/**
 * Reads and verifies the table as ESP-IDF's loader does.
 * @return NULL, or why the table is refused; then `table->count` is 0
 */
const char *partitions_read(PartitionTable *table, NOR *nor);

/** First entry of that type and subtype, or NULL. */
const Partition *partitions_find(const PartitionTable *table, unsigned type, unsigned subtype);

/** First data partition with that label, or NULL. */
const Partition *partitions_find_data(const PartitionTable *table, const char *label);

/** The OTA slot after `running` (a slot number, or -1 for the factory program), going round; NULL when there is none. */
const Partition *partitions_next_slot(const PartitionTable *table, int running);

#endif
