// SPDX-License-Identifier: Apache-2.0
//
// Finds the firmware to start: partition table, boot choice, image check and the order of fallbacks of ESP-IDF's loader.
#ifndef BOOT_SELECT_H
#define BOOT_SELECT_H

#include "image.h"

typedef struct {
	int slot; // number of the OTA slot, or SLOT_FACTORY
	char label[17];
	uint32_t offset;
	const char *state; // of the boot choice entry, after the loader's own change
	Image image;
	int program; // the program in memory, ready to be executed; closed by `boot_release`
} Boot;

typedef enum {
	BOOT_FOUND,
	BOOT_NOTHING, // no slot holds an image that can be started
	BOOT_NO_FLASH // the flash file cannot be opened, or another process holds it
} BootResult;

/** Gets one line about a refusal, without line end. */
typedef void (*BootLog)(void *context, const char *line);

/**
 * Selects, verifies and loads; the flash is open, and locked, only during the call. Waits up to 2 s for a lock, which the
 * firmware of a killed loader may hold a moment longer. The boot choice is changed as ESP-IDF changes it, also when nothing
 * is bootable.
 */
BootResult boot_select(Boot *boot, const char *flashPath, BootLog log, void *context);

void boot_release(Boot *boot);

#endif
