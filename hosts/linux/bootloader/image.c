// SPDX-License-Identifier: Apache-2.0
//
// Image verification; one pass over the flash.
//
//   0  magic E9   1  segment count   4  entry   12  chip id (2)   15  min revision (2)   23  hash appended
//   24 segments: load address (4), length (4), data   ...   padding to 15 mod 16, checksum byte   SHA-256 (32)

#include "image.h"
#include "sha256.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
	HEADER_LENGTH = 24,
	SEGMENT_HEADER_LENGTH = 8,
	HASH_LENGTH = 32,
	MAGIC = 0xE9,
	CHECKSUM_START = 0xEF,
	MAX_SEGMENT_LENGTH = 0x1000000
};

static const uint32_t descriptionMagic = 0xABCD5432;

typedef struct {
	Image *image;
	NOR *nor;
	const Partition *partition;
	uint32_t offset; // from the start of the partition
	uint8_t checksum;
	SHA256 hash;
} Reader;

static uint32_t u32(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

__attribute__((format(printf, 2, 3))) static bool refuse(Reader *reader, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(reader->image->problem, sizeof(reader->image->problem), format, arguments);
	va_end(arguments);
	return false;
}

static bool take(Reader *reader, void *buffer, uint32_t length)
{
	const Partition *partition = reader->partition;
	if (reader->offset > partition->size || length > partition->size - reader->offset)
		return refuse(reader, "image does not fit in the partition");
	if (nor_read(reader->nor, partition->offset + reader->offset, buffer, length) != NOR_OK)
		return refuse(reader, "flash cannot be read at 0x%x", (unsigned)(partition->offset + reader->offset));
	reader->offset += length;
	return true;
}

/** Copies a text field of 32 bytes; control and non-ASCII bytes become `?`, so that a line of the log stays one line. */
static void copy_text(char to[33], const uint8_t *from)
{
	unsigned i = 0;
	for (; i < 32 && from[i] != 0; i++)
		to[i] = from[i] >= 0x20 && from[i] < 0x7F ? (char)from[i] : '?';
	to[i] = 0;
}

static bool read_header(Reader *reader, unsigned *segments, bool *hashed)
{
	uint8_t header[HEADER_LENGTH];
	if (!take(reader, header, sizeof(header)))
		return false;
	if (header[0] != MAGIC)
		return refuse(reader, "magic byte is 0x%02x, 0xe9 expected (nothing written here?)", header[0]);
	unsigned chip = header[12] | (unsigned)header[13] << 8;
	if (chip != HOST_CHIP)
		return refuse(reader, "chip id is 0x%04x, 0x%04x expected", chip, HOST_CHIP);
	unsigned revision = header[15] | (unsigned)header[16] << 8;
	if (revision > 0)
		return refuse(reader, "chip revision v%u.%u needed, this is v0.0", revision / 100, revision % 100);
	if (header[1] > IMAGE_MAX_SEGMENTS)
		return refuse(reader, "%u segments, at most %d expected", header[1], IMAGE_MAX_SEGMENTS);
	*segments = header[1];
	*hashed = header[23] != 0;
	sha256_update(&reader->hash, header, sizeof(header));
	return true;
}

static bool read_data(Reader *reader, uint32_t length, uint8_t *start, uint32_t startLength)
{
	uint8_t buffer[NOR_SECTOR_SIZE];
	for (uint32_t done = 0; done < length;) {
		uint32_t part = length - done < sizeof(buffer) ? length - done : (uint32_t)sizeof(buffer);
		if (!take(reader, buffer, part))
			return false;
		for (uint32_t i = 0; i < part; i++)
			reader->checksum ^= buffer[i];
		sha256_update(&reader->hash, buffer, part);
		if (done == 0)
			memcpy(start, buffer, part < startLength ? part : startLength);
		done += part;
	}
	return true;
}

static bool read_segment(Reader *reader, unsigned index)
{
	uint8_t header[SEGMENT_HEADER_LENGTH], start[IMAGE_DESCRIPTION_LENGTH] = {0};
	if (!take(reader, header, sizeof(header)))
		return false;
	sha256_update(&reader->hash, header, sizeof(header));
	uint32_t length = u32(header + 4);
	if (length % 4 != 0 || length >= MAX_SEGMENT_LENGTH)
		return refuse(reader, "segment %u has the invalid length 0x%x", index, (unsigned)length);
	if (index == 0 && length < IMAGE_DESCRIPTION_LENGTH)
		return refuse(reader, "segment 0 is too short for a description");
	uint32_t offset = reader->offset;
	if (!read_data(reader, length, start, sizeof(start)))
		return false;
	if (index == 0) {
		if (u32(start) != descriptionMagic)
			return refuse(reader, "segment 0 is no description");
		copy_text(reader->image->version, start + 16);
		copy_text(reader->image->name, start + 48);
	} else if (index == IMAGE_PROGRAM_SEGMENT) {
		if (memcmp(start, "\177ELF", 4) != 0)
			return refuse(reader, "segment %u is no program", index);
		reader->image->programOffset = reader->partition->offset + offset;
		reader->image->programLength = length;
	}
	return true;
}

static bool check_end(Reader *reader, bool hashed)
{
	uint8_t padding[16], digest[HASH_LENGTH], expected[HASH_LENGTH];
	uint32_t length = 16 - reader->offset % 16;
	if (!take(reader, padding, length))
		return false;
	if (padding[length - 1] != reader->checksum)
		return refuse(reader, "checksum is 0x%02x, 0x%02x expected", padding[length - 1], reader->checksum);
	sha256_update(&reader->hash, padding, length);
	sha256_finish(&reader->hash, digest);
	if (hashed && !take(reader, expected, sizeof(expected)))
		return false;
	if (hashed && memcmp(digest, expected, sizeof(digest)) != 0)
		return refuse(reader, "SHA-256 does not match");
	return true;
}

bool image_verify(Image *image, NOR *nor, const Partition *partition)
{
	Reader reader = {.image = image, .nor = nor, .partition = partition, .checksum = CHECKSUM_START};
	unsigned segments = 0;
	bool hashed = false;
	memset(image, 0, sizeof(*image));
	sha256_start(&reader.hash);
	if (!read_header(&reader, &segments, &hashed))
		return false;
	for (unsigned i = 0; i < segments; i++) {
		if (!read_segment(&reader, i))
			return false;
	}
	if (!check_end(&reader, hashed))
		return false;
	if (image->programLength == 0)
		return refuse(&reader, "no program segment");
	image->length = reader.offset;
	return true;
}
