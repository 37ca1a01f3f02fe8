// SPDX-License-Identifier: Apache-2.0
//
// Boot choice. The order of the tests and writes is ESP-IDF's, oddities included: states are looked at before the CRC,
// and entries whose CRC is wrong lead to "try all slots" without a new record.

#include "otadata.h"

#include <string.h>

uint32_t otadata_crc(uint32_t sequence)
{
	// The ROM inverts on the way in and out: start value 0xFFFFFFFF means a register of 0.
	uint32_t crc = 0;
	for (unsigned i = 0; i < 4; i++) {
		crc ^= (uint8_t)(sequence >> (8 * i));
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ ((crc & 1) ? 0xEDB88320u : 0);
	}
	return ~crc;
}

static bool good_crc(const OTAEntry *entry)
{
	return entry->crc == otadata_crc(entry->sequence);
}

static bool invalid(const OTAEntry *entry)
{
	return entry->sequence == UINT32_MAX || entry->state == OTA_INVALID || entry->state == OTA_ABORTED;
}

static bool valid(const OTAEntry *entry)
{
	return !invalid(entry) && good_crc(entry);
}

static bool empty(const OTAEntry *entry)
{
	return entry->sequence == UINT32_MAX || !good_crc(entry);
}

static bool read_entries(const OTAChoice *choice, NOR *nor, OTAEntry entries[2])
{
	if (choice->otadata->size < 2 * NOR_SECTOR_SIZE)
		return false;
	for (unsigned i = 0; i < 2; i++) {
		if (nor_read(nor, choice->otadata->offset + i * NOR_SECTOR_SIZE, &entries[i], sizeof(OTAEntry)) != NOR_OK)
			return false;
	}
	return true;
}

static void write_entry(const OTAChoice *choice, NOR *nor, unsigned index, const OTAEntry *entry)
{
	uint32_t offset = choice->otadata->offset + index * NOR_SECTOR_SIZE;
	if (nor_erase(nor, offset, NOR_SECTOR_SIZE) == NOR_OK)
		nor_program(nor, offset, entry, sizeof(*entry));
}

static int active(const OTAEntry entries[2])
{
	bool first = valid(&entries[0]), second = valid(&entries[1]);
	if (first && second)
		return entries[0].sequence >= entries[1].sequence ? 0 : 1;
	return first ? 0 : second ? 1 : -1;
}

static int select_active(const OTAChoice *choice, NOR *nor, OTAEntry entries[2])
{
	int index = active(entries);
	if (index < 0)
		return SLOT_FACTORY;
	OTAEntry *entry = &entries[index];
	int slot = (int)((entry->sequence - 1) % choice->slots);
	if (entry->state == OTA_NEW) {
		entry->state = OTA_PENDING_VERIFY;
		write_entry(choice, nor, (unsigned)index, entry);
	}
	return slot;
}

int otadata_select(OTAChoice *choice, NOR *nor)
{
	OTAEntry entries[2];
	choice->initial = false;
	if (choice->otadata == NULL)
		return SLOT_FACTORY;
	if (!read_entries(choice, nor, entries))
		return SLOT_NONE;
	for (unsigned i = 0; i < 2; i++) {
		if (entries[i].state == OTA_PENDING_VERIFY) {
			entries[i].state = OTA_ABORTED;
			write_entry(choice, nor, i, &entries[i]);
		}
	}
	if ((!invalid(&entries[0]) || !invalid(&entries[1])) && choice->slots > 0)
		return select_active(choice, nor, entries);
	if (choice->hasFactory)
		return SLOT_FACTORY;
	choice->initial = empty(&entries[0]) && empty(&entries[1]);
	return 0;
}

void otadata_booted(const OTAChoice *choice, NOR *nor, int slot)
{
	if (!choice->initial || slot < 0)
		return;
	OTAEntry entry;
	memset(&entry, 0xFF, sizeof(entry));
	entry.sequence = (uint32_t)slot + 1;
	entry.state = OTA_VALID;
	entry.crc = otadata_crc(entry.sequence);
	write_entry(choice, nor, 0, &entry);
}

const char *otadata_state(const OTAChoice *choice, NOR *nor, int slot)
{
	static const char *const names[] = {"new", "pending", "valid", "invalid", "aborted"};
	OTAEntry entries[2];
	if (choice->otadata == NULL || slot < 0 || choice->slots == 0 || !read_entries(choice, nor, entries))
		return "undefined";
	uint32_t latest = 0, state = OTA_UNDEFINED;
	for (unsigned i = 0; i < 2; i++) {
		uint32_t sequence = entries[i].sequence;
		if (empty(&entries[i]) || (sequence - 1) % choice->slots != (uint32_t)slot || sequence < latest)
			continue;
		latest = sequence;
		state = entries[i].state;
	}
	return state <= OTA_ABORTED ? names[state] : "undefined";
}
