// SPDX-License-Identifier: Apache-2.0
//
// Puts the program of an image where it wants to lie in memory. Its segments must be inside the memory of the firmware.
// Source: System V ABI, "Program Loading"; psABI of RISC-V.

#include "program.h"

#include <errno.h>
#include <string.h>

/* machine/link-firmware.ld */
#define FIRMWARE_START 0x80200000u
#define FIRMWARE_END 0x84000000u
#define SEGMENTS_MAX 8

enum { TYPE_LOAD = 1, MACHINE_RISCV = 243, CLASS_32 = 1 };

typedef struct {
	uint8_t identity[16];
	uint16_t type, machine;
	uint32_t version, entry, segments, sections, flags;
	uint16_t size, segment_size, segment_count, section_size, section_count, names;
} header_t;

typedef struct {
	uint32_t type, offset, address, physical, length, memory, flags, alignment;
} segment_t;

static uint32_t entry;

static int refuse(void)
{
	errno = ENOEXEC;
	return -1;
}

/* Reads `length` bytes at `offset` of the program; false when they are not all inside. */
static bool take(NOR *nor, const Image *image, uint32_t offset, void *buffer, uint32_t length)
{
	if (offset > image->programLength || length > image->programLength - offset)
		return false;
	return nor_read(nor, image->programOffset + offset, buffer, length) == NOR_OK;
}

static bool load(NOR *nor, const Image *image, const segment_t *segment)
{
	uint32_t address = segment->physical;
	if (segment->type != TYPE_LOAD || !segment->memory)
		return true;
	if (address < FIRMWARE_START || address > FIRMWARE_END || segment->memory > FIRMWARE_END - address ||
		segment->length > segment->memory)
		return false;
	uint8_t *to = (uint8_t *)(uintptr_t)address;
	memset(to + segment->length, 0, segment->memory - segment->length);
	return take(nor, image, segment->offset, to, segment->length);
}

int program_copy(NOR *nor, const Image *image)
{
	header_t header;
	if (!take(nor, image, 0, &header, sizeof(header)))
		return refuse();
	if (header.identity[4] != CLASS_32 || header.machine != MACHINE_RISCV || header.segment_count > SEGMENTS_MAX ||
		header.segment_size != sizeof(segment_t) || header.entry < FIRMWARE_START || header.entry >= FIRMWARE_END)
		return refuse();
	for (uint16_t i = 0; i < header.segment_count; i++) {
		segment_t segment;
		if (header.segments > image->programLength ||
			!take(nor, image, header.segments + i * (uint32_t)sizeof(segment), &segment, sizeof(segment)) ||
			!load(nor, image, &segment))
			return refuse();
	}
	entry = header.entry;
	return 0;
}

void program_release(int program)
{
	(void)program;
}

void program_start(void)
{
	__asm__ volatile("fence rw, rw\n\tfence.i" ::: "memory");
	((void (*)(void))(uintptr_t)entry)();
}
