/* SPDX-License-Identifier: Apache-2.0
 *
 * Natives of the board: each reads or does one thing of ESP-IDF that the SDK has no class for.
 */

#include "xsmc.h"
#include "xsHost.h"
#include "mc.xs.h"

#include "board-figures.h"
#include "mc.defines.h"

#include "app_update/include/esp_ota_ops.h"
#include "esp_app_desc.h"
#include "esp_attr.h"
#include "esp_heap_caps.h"
#include "esp_mac.h"
#include "esp_random.h"
#include "esp_system.h"
#include "esp_timer.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

/*
 * The description at the start of the image, in the place of ESP-IDF's own (a weak symbol), which would call every Moddable program
 * xs_esp32. Model and version are `defines.upgate` of the manifest; the image tool writes the program's hash. It stands in this file,
 * which is linked for its natives: alone in an archive member it would lose against the weak one, which the linker meets first.
 * Source: ESP-IDF v6.0, "App image format", "Application description"; components/esp_app_format.
 */
__attribute__((section(".rodata_desc"), used)) const esp_app_desc_t esp_app_desc = {
	.magic_word = ESP_APP_DESC_MAGIC_WORD,
	.version = MODDEF_UPGATE_VERSION,
	.project_name = MODDEF_UPGATE_MODEL,
	.time = __TIME__,
	.date = __DATE__,
	.idf_ver = MODDEF_UPGATE_IDF,
	.min_efuse_blk_rev_full = CONFIG_ESP_EFUSE_BLOCK_REV_MIN_FULL,
	.max_efuse_blk_rev_full = CONFIG_ESP_EFUSE_BLOCK_REV_MAX_FULL,
	.mmu_page_size = 31 - __builtin_clz(CONFIG_MMU_PAGE_SIZE),
};

#define MAC_BYTES 6
/* Says that the word beside it was written since power-on. */
#define SOURCE_MAGIC 0x55504754u

static RTC_NOINIT_ATTR uint32_t source_magic;
static RTC_NOINIT_ATTR uint32_t source_number;

/* Written before a restart that the program wants. The engine ends with the same reset when its memory is full or an exception
 * is not caught (fxAbort, xs/platforms/esp), and that is a crash. */
#define WANTED_MAGIC 0x52535452u

static RTC_NOINIT_ATTR uint32_t wanted_magic;

static void set_text(xsMachine *the, xsIdentifier id, const char *text, size_t size)
{
	char copy[sizeof(((esp_app_desc_t *)0)->app_elf_sha256) * 2 + 1];
	if (size > sizeof(copy) - 1)
		size = sizeof(copy) - 1;
	memcpy(copy, text, size);
	copy[size] = 0;
	xsmcSetString(xsVar(0), copy);
	xsmcSet(xsResult, id, xsVar(0));
}

void xs_esp32_application(xsMachine *the)
{
	const esp_app_desc_t *description = &esp_app_desc;
	char hex[sizeof(description->app_elf_sha256) * 2 + 1];
	for (size_t i = 0; i < sizeof(description->app_elf_sha256); i++)
		snprintf(hex + 2 * i, 3, "%02x", description->app_elf_sha256[i]);
	xsmcVars(1);
	xsmcSetNewObject(xsResult);
	set_text(the, xsID_version, description->version, sizeof(description->version));
	set_text(the, xsID_name, description->project_name, sizeof(description->project_name));
	set_text(the, xsID_date, description->date, sizeof(description->date));
	set_text(the, xsID_time, description->time, sizeof(description->time));
	set_text(the, xsID_sha256, hex, sizeof(hex) - 1);
	xsmcSetNumber(xsVar(0), description->secure_version);
	xsmcSet(xsResult, xsID_secureVersion, xsVar(0));
}

void xs_esp32_chip(xsMachine *the)
{
	xsmcSetInteger(xsResult, CONFIG_IDF_FIRMWARE_CHIP_ID);
}

static void *writable(xsMachine *the, xsUnsignedValue least, xsUnsignedValue *length)
{
	void *bytes;
	xsmcGetBufferWritable(xsArg(0), &bytes, length);
	if (*length < least)
		xsRangeError("buffer too short");
	return bytes;
}

void xs_esp32_mac(xsMachine *the)
{
	xsUnsignedValue length;
	uint8_t *bytes = writable(the, MAC_BYTES, &length);
	if (esp_efuse_mac_get_default(bytes) != ESP_OK)
		xsUnknownError("no MAC address");
}

void xs_esp32_slot(xsMachine *the)
{
	const esp_partition_t *running = esp_ota_get_running_partition();
	xsmcSetInteger(xsResult, running && running->subtype == ESP_PARTITION_SUBTYPE_APP_OTA_1);
}

/* What the RTC memory says holds for one start. */
static esp_reset_reason_t take_reset_reason(void)
{
	esp_reset_reason_t reason = esp_reset_reason();
	if (reason == ESP_RST_SW && wanted_magic != WANTED_MAGIC)
		reason = ESP_RST_PANIC;
	wanted_magic = 0;
	return reason;
}

void xs_esp32_resetReason(xsMachine *the)
{
	static bool known;
	static esp_reset_reason_t reason;
	if (!known)
		reason = take_reset_reason();
	known = true;
	xsmcSetInteger(xsResult, reason);
}

void xs_esp32_ticks(xsMachine *the)
{
	xsmcSetNumber(xsResult, (xsNumberValue)(esp_timer_get_time() / 1000));
}

void xs_esp32_clockSource(xsMachine *the)
{
	xsmcSetInteger(xsResult, source_magic == SOURCE_MAGIC ? (xsIntegerValue)source_number : 0);
}

/* (ms, source): milliseconds since 1970; a number that clockSource gives back, also after a software reset. */
void xs_esp32_setClock(xsMachine *the)
{
	double ms = xsmcToNumber(xsArg(0));
	double seconds = ms < 0 ? 0 : (double)(int64_t)(ms / 1000);
	struct timeval now = {.tv_sec = (time_t)seconds, .tv_usec = (suseconds_t)((ms - seconds * 1000) * 1000)};
	source_number = (uint32_t)xsmcToInteger(xsArg(1));
	if (settimeofday(&now, NULL))
		xsRangeError("clock: no such time");
	source_magic = SOURCE_MAGIC;
}

void xs_esp32_random(xsMachine *the)
{
	xsUnsignedValue length;
	void *bytes = writable(the, 0, &length);
	esp_fill_random(bytes, length);
}

static void restart(void *the, void *context, uint8_t *message, uint16_t length)
{
	(void)the;
	(void)context;
	(void)message;
	(void)length;
	wanted_magic = WANTED_MAGIC;
	esp_restart();
}

/* After the present turn: what runs now ends as it should. */
void xs_esp32_restart(xsMachine *the)
{
	if (modMessagePostToMachine(the, NULL, 0, restart, NULL))
		restart(the, NULL, NULL, 0);
}

void xs_esp32_isDebugged(xsMachine *the)
{
#ifdef mxDebug
	xsmcSetBoolean(xsResult, 1);
#else
	xsmcSetBoolean(xsResult, 0);
#endif
}

static void set_use(xsMachine *the, xsIdentifier id, const board_use_t *use)
{
	xsmcSetNewObject(xsVar(0));
	xsmcSetNumber(xsVar(1), (xsNumberValue)use->now);
	xsmcSet(xsVar(0), xsID_now, xsVar(1));
	xsmcSetNumber(xsVar(1), (xsNumberValue)use->peak);
	xsmcSet(xsVar(0), xsID_peak, xsVar(1));
	xsmcSetNumber(xsVar(1), (xsNumberValue)use->size);
	xsmcSet(xsVar(0), xsID_size, xsVar(1));
	xsmcSet(xsResult, id, xsVar(0));
}

/* The native heap is all of the chip's, tasks of ESP-IDF and the region of the engine included. */
void xs_esp32_memory(xsMachine *the)
{
	board_figures_t figures;
	/* What nobody uses any more is not in use. */
	xsCollectGarbage();
	board_figures(the, &figures);
	size_t size = heap_caps_get_total_size(MALLOC_CAP_8BIT);
	figures.native.size = size;
	figures.native.now = size - heap_caps_get_free_size(MALLOC_CAP_8BIT);
	figures.native.peak = size - heap_caps_get_minimum_free_size(MALLOC_CAP_8BIT);
	xsmcVars(2);
	xsmcSetNewObject(xsResult);
	set_use(the, xsID_slots, &figures.slots);
	set_use(the, xsID_chunks, &figures.chunks);
	set_use(the, xsID_stack, &figures.stack);
	set_use(the, xsID_native, &figures.native);
}
