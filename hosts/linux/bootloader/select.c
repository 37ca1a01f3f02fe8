// SPDX-License-Identifier: Apache-2.0
//
// Order of attempts as in ESP-IDF's bootloader_utility_load_boot_image: the chosen slot, those below it, the factory
// program, the slots above it, the test program. A Linux board is told of slots only, so the test program is not started.

#include "select.h"
#include "otadata.h"
#include "program.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

typedef struct {
	NOR *nor;
	PartitionTable table;
	OTAChoice choice;
	BootLog log;
	void *context;
} Selector;

__attribute__((format(printf, 2, 3))) static void report(Selector *selector, const char *format, ...)
{
	char line[192];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	selector->log(selector->context, line);
}

static void find_partitions(Selector *selector)
{
	const PartitionTable *table = &selector->table;
	selector->choice.otadata = partitions_find(table, PARTITION_TYPE_DATA, PARTITION_DATA_OTA);
	selector->choice.hasFactory = partitions_find(table, PARTITION_TYPE_APP, PARTITION_APP_FACTORY) != NULL;
	for (unsigned i = 0; i < table->count; i++) {
		const Partition *partition = &table->entries[i];
		if (partition->type == PARTITION_TYPE_APP && partition->subtype >= PARTITION_APP_OTA_0 &&
			partition->subtype <= PARTITION_APP_OTA_15)
			selector->choice.slots++;
	}
}

static const Partition *slot_partition(const Selector *selector, int slot)
{
	if (slot == SLOT_FACTORY)
		return partitions_find(&selector->table, PARTITION_TYPE_APP, PARTITION_APP_FACTORY);
	if (slot < 0 || slot >= (int)selector->choice.slots)
		return NULL;
	return partitions_find(&selector->table, PARTITION_TYPE_APP, PARTITION_APP_OTA_0 + (unsigned)slot);
}

static bool try_slot(Selector *selector, Boot *boot, int slot)
{
	const Partition *partition = slot_partition(selector, slot);
	if (partition == NULL || partition->size == 0)
		return false;
	if (!image_verify(&boot->image, selector->nor, partition)) {
		report(selector, "%s is not bootable: %s", partition->label, boot->image.problem);
		return false;
	}
	boot->program = program_copy(selector->nor, &boot->image);
	if (boot->program < 0) {
		report(selector, "%s is not bootable: no memory for the program (%s)", partition->label, strerror(errno));
		return false;
	}
	otadata_booted(&selector->choice, selector->nor, slot);
	boot->slot = slot;
	boot->offset = partition->offset;
	memcpy(boot->label, partition->label, sizeof(boot->label));
	boot->state = otadata_state(&selector->choice, selector->nor, slot);
	return true;
}

static bool try_slots(Selector *selector, Boot *boot)
{
	int first = otadata_select(&selector->choice, selector->nor);
	if (first == SLOT_NONE) {
		report(selector, "otadata partition is too small");
		return false;
	}
	for (int slot = first; slot >= SLOT_FACTORY; slot--) {
		if (try_slot(selector, boot, slot))
			return true;
	}
	for (int slot = first + 1; slot < (int)selector->choice.slots; slot++) {
		if (try_slot(selector, boot, slot))
			return true;
	}
	report(selector, "no bootable app partitions in the partition table");
	return false;
}

static NORResult open_flash(NOR **nor, const char *path)
{
	const struct timespec pause = {.tv_nsec = 20000000};
	NORResult result = nor_open(nor, path, true);
	for (unsigned i = 0; i < 100 && result == NOR_ERROR_LOCKED; i++) {
		nanosleep(&pause, NULL);
		result = nor_open(nor, path, true);
	}
	return result;
}

BootResult boot_select(Boot *boot, const char *flashPath, BootLog log, void *context)
{
	Selector selector = {.log = log, .context = context};
	memset(boot, 0, sizeof(*boot));
	boot->program = -1;
	NORResult result = open_flash(&selector.nor, flashPath);
	if (result != NOR_OK) {
		const char *detail = result == NOR_ERROR_FILE ? strerror(errno) : nor_message(result);
		report(&selector, "flash %s: %s", flashPath, detail);
		return BOOT_NO_FLASH;
	}
	const char *problem = partitions_read(&selector.table, selector.nor);
	bool found = false;
	if (problem != NULL) {
		report(&selector, "%s", problem);
	} else {
		find_partitions(&selector);
		found = try_slots(&selector, boot);
	}
	nor_close(selector.nor);
	return found ? BOOT_FOUND : BOOT_NOTHING;
}

void boot_release(Boot *boot)
{
	program_release(boot->program);
	boot->program = -1;
}
