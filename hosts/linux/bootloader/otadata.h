// SPDX-License-Identifier: Apache-2.0
//
// The boot choice of ESP-IDF: two 4 KB sectors, each with one 32-byte `esp_ota_select_entry_t` at its start.
// Source: ESP-IDF esp_flash_partitions.h, bootloader_common_loader.c, bootloader_utility.c (rollback on, anti-rollback off).
#ifndef BOOT_OTADATA_H
#define BOOT_OTADATA_H

#include "../flash/partitions.h"

enum { OTA_NEW = 0, OTA_PENDING_VERIFY = 1, OTA_VALID = 2, OTA_INVALID = 3, OTA_ABORTED = 4 };

#define OTA_UNDEFINED 0xFFFFFFFFu

typedef struct {
	uint32_t sequence; // slot = (sequence - 1) % number of slots
	uint8_t label[20];
	uint32_t state;
	uint32_t crc; // of `sequence` alone
} OTAEntry;

_Static_assert(sizeof(OTAEntry) == 32, "an entry is 32 bytes");

/** Same as ESP-IDF's FACTORY_INDEX and INVALID_INDEX. */
enum { SLOT_FACTORY = -1, SLOT_NONE = -99 };

typedef struct {
	const Partition *otadata; // NULL when the table has none
	unsigned slots;
	bool hasFactory;
	bool initial; // otadata was erased: the slot that boots is recorded as valid
} OTAChoice;

/** CRC-32 as the ESP32's ROM computes it over a sequence number (`esp_rom_crc32_le(UINT32_MAX, ...)`). */
uint32_t otadata_crc(uint32_t sequence);

/**
 * Picks the slot to try first and moves the states on: PENDING_VERIFY to ABORTED, NEW to PENDING_VERIFY.
 * @returns slot number, SLOT_FACTORY or SLOT_NONE
 */
int otadata_select(OTAChoice *choice, NOR *nor);

/** After an image was verified: with an erased otadata and no factory program, records that slot as valid. */
void otadata_booted(const OTAChoice *choice, NOR *nor, int slot);

/** State of the entry that stands for `slot`, as text; "undefined" when there is none. */
const char *otadata_state(const OTAChoice *choice, NOR *nor, int slot);

#endif
