// SPDX-License-Identifier: Apache-2.0
//
// The partition table reader. Input: a flag byte (1: make MD5 entries right), then the table.

#include "../../../hosts/linux/flash/md5.h"
#include "../../../hosts/linux/flash/partitions.h"
#include "fuzz.h"

#include <string.h>

enum { FLASH_SIZE = 0x10000 };

static void repair(uint8_t *table)
{
	for (unsigned at = 0; at + 32 <= PARTITION_TABLE_LENGTH; at += 32) {
		if (table[at] == 0xEB && table[at + 1] == 0xEB)
			flash_md5(table, at, table + at + 16);
	}
}

static void check_entry(const PartitionTable *table, const Partition *partition, const uint8_t *raw)
{
	PROMISE(partition->offset <= FLASH_SIZE && partition->size <= FLASH_SIZE - partition->offset);
	PROMISE(strnlen(partition->label, 17) <= 16);
	PROMISE(raw[2] == partition->type && raw[3] == partition->subtype);
	PROMISE(memcmp(raw + 4, &partition->offset, 4) == 0 && memcmp(raw + 8, &partition->size, 4) == 0);
	PROMISE(memcmp(raw + 12, partition->label, 16) == 0 && memcmp(raw + 28, &partition->flags, 4) == 0);
	const Partition *found = partitions_find(table, partition->type, partition->subtype);
	PROMISE(found != NULL && found <= partition);
	if (partition->type == PARTITION_TYPE_DATA)
		PROMISE(partitions_find_data(table, partition->label) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	if (length < 1 || length > PARTITION_TABLE_LENGTH + 1)
		return 0;
	NOR *nor = chip_make(FLASH_SIZE, PARTITION_TABLE_OFFSET, bytes + 1, length - 1);
	uint8_t *raw = nor->array + PARTITION_TABLE_OFFSET;
	if (bytes[0] & 1)
		repair(raw);
	PartitionTable *table = malloc(sizeof(*table)); // a write beyond it is seen
	PROMISE(table != NULL);
	const char *problem = partitions_read(table, nor);
	PROMISE(table->count < PARTITION_MAX_ENTRIES && (problem == NULL || table->count == 0));
	for (unsigned i = 0, at = 0; i < table->count; at += 32) {
		if (raw[at] == 0xAA)
			check_entry(table, &table->entries[i++], raw + at);
	}
	for (int running = -1; running < 17; running++) {
		const Partition *next = partitions_next_slot(table, running);
		PROMISE(next == NULL || (next->type == PARTITION_TYPE_APP && next->subtype >= PARTITION_APP_OTA_0));
	}
	fuzz_taken = problem == NULL;
	free(table);
	chip_free(nor);
	return 0;
}
