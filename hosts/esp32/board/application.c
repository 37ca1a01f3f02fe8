/* SPDX-License-Identifier: Apache-2.0
 *
 * The description at the start of the image, in the place of ESP-IDF's own (a weak symbol), which would call every Moddable program
 * xs_esp32. Model and version are `defines.upgate` of the manifest; the image tool writes the program's hash.
 * Source: ESP-IDF v6.0, "App image format", "Application description"; components/esp_app_format.
 */

#include "mc.defines.h"
#include "sdkconfig.h"

#include "esp_app_desc.h"

#define MMU_PAGE_LOG2 (31 - __builtin_clz(CONFIG_MMU_PAGE_SIZE))

__attribute__((section(".rodata_desc"), used)) const esp_app_desc_t esp_app_desc = {
	.magic_word = ESP_APP_DESC_MAGIC_WORD,
	.version = MODDEF_UPGATE_VERSION,
	.project_name = MODDEF_UPGATE_MODEL,
	.time = __TIME__,
	.date = __DATE__,
	.idf_ver = MODDEF_UPGATE_IDF,
	.min_efuse_blk_rev_full = CONFIG_ESP_EFUSE_BLOCK_REV_MIN_FULL,
	.max_efuse_blk_rev_full = CONFIG_ESP_EFUSE_BLOCK_REV_MAX_FULL,
	.mmu_page_size = MMU_PAGE_LOG2,
};
