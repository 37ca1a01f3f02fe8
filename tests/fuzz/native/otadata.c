// SPDX-License-Identifier: Apache-2.0
//
// The loader's boot choice. Input: flags (1, 2: make the CRC of entry 0, 1 right; 4: a factory program), count of slots, size of the
// partition in 2 KB, then the two entries.

#include "../../../hosts/linux/bootloader/otadata.h"
#include "fuzz.h"

#include <string.h>

enum { OFFSET = 0x1000, FLASH_SIZE = 0x4000, HEAD = 3, SECTOR = NOR_SECTOR_SIZE };

static OTAEntry entry_at(const NOR *nor, unsigned index)
{
	OTAEntry entry;
	memcpy(&entry, nor->array + OFFSET + index * SECTOR, sizeof(entry));
	return entry;
}

static void put_entry(NOR *nor, unsigned index, const uint8_t *bytes, bool repair)
{
	OTAEntry entry;
	memcpy(&entry, bytes, sizeof(entry));
	if (repair)
		entry.crc = otadata_crc(entry.sequence);
	memcpy(nor->array + OFFSET + index * SECTOR, &entry, sizeof(entry));
}

static void outside_is_untouched(const NOR *nor)
{
	for (uint32_t at = 0; at < FLASH_SIZE; at++) {
		if (at < OFFSET || at >= OFFSET + 2 * SECTOR)
			PROMISE(nor->array[at] == 0xFF);
	}
}

/** A slot is started once from NEW; whoever was on trial and did not confirm is barred. */
static int boot(OTAChoice *choice, NOR *nor)
{
	OTAEntry before[2] = {entry_at(nor, 0), entry_at(nor, 1)};
	int slot = otadata_select(choice, nor);
	bool small = choice->otadata->size < 2 * SECTOR;
	PROMISE(
		slot == SLOT_NONE ? small : slot == SLOT_FACTORY || slot == 0 || (slot > 0 && (unsigned)slot < choice->slots));
	unsigned onTrial = 0;
	for (unsigned i = 0; i < 2 && !small; i++) {
		OTAEntry after = entry_at(nor, i);
		PROMISE(after.sequence == before[i].sequence && after.crc == before[i].crc);
		if (before[i].state == OTA_PENDING_VERIFY)
			PROMISE(after.state == OTA_ABORTED);
		onTrial += after.state == OTA_PENDING_VERIFY;
	}
	PROMISE(onTrial <= 1);
	PROMISE(nor_session(nor).sectorErases <= 8);
	outside_is_untouched(nor);
	return slot;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	if (length != HEAD + 2 * sizeof(OTAEntry))
		return 0;
	NOR *nor = chip_make(FLASH_SIZE, 0, NULL, 0);
	put_entry(nor, 0, bytes + HEAD, bytes[0] & 1);
	put_entry(nor, 1, bytes + HEAD + sizeof(OTAEntry), bytes[0] & 2);
	const Partition partition = {.offset = OFFSET, .size = (bytes[2] % 5u) * 2048};
	OTAChoice choice = {.otadata = &partition, .slots = bytes[1] % 17u, .hasFactory = (bytes[0] & 4) != 0};
	int slot = boot(&choice, nor);
	otadata_booted(&choice, nor, slot);
	const char *state = otadata_state(&choice, nor, slot);
	PROMISE(state != NULL && strlen(state) > 0 && strlen(state) <= 9);
	bool initial = choice.initial;
	fuzz_taken = slot < 0 ? 0 : slot + 1;
	int again = boot(&choice, nor);
	PROMISE(!initial || (again == slot && !choice.initial) || choice.slots == 0);
	outside_is_untouched(nor);
	chip_free(nor);
	return 0;
}
