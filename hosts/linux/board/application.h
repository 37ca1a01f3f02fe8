/* SPDX-License-Identifier: Apache-2.0
 *
 * Application description as ESP-IDF lays it out (esp_app_desc_t, 256 bytes; ESP-IDF "App image format"). It lies in the
 * section .rodata_desc of the program, where the firmware packer writes version, model and dates.
 */

#ifndef UPGATE_APPLICATION_H
#define UPGATE_APPLICATION_H

#include <stdint.h>

#define APPLICATION_MAGIC 0xABCD5432u

typedef struct {
	uint32_t magic;
	uint32_t secure_version;
	uint32_t reserved1[2];
	char version[32];
	char project_name[32];
	char time[16];
	char date[16];
	char idf_version[32];
	uint8_t elf_sha256[32];
	uint16_t minimum_block_revision;
	uint16_t maximum_block_revision;
	uint8_t mmu_page_size;
	uint8_t reserved3[3];
	uint32_t reserved2[18];
} application_description_t;

_Static_assert(sizeof(application_description_t) == 256, "esp_app_desc_t has 256 bytes");

extern const application_description_t upgate_app_desc;

#endif
