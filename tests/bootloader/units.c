// SPDX-License-Identifier: Apache-2.0
//
// Tests of the loader's parts that have published vectors, and of the partition table reader. argv[1] is an empty folder.
// Vectors: FIPS 180-4 examples, RFC 1321 appendix A.5; CRC of sequence 1 as every ESP-IDF flash has it.

#include "../../hosts/linux/bootloader/otadata.h"
#include "../../hosts/linux/bootloader/sha256.h"
#include "../../hosts/linux/flash/md5.h"
#include "../../hosts/linux/flash/partitions.h"
#include "harness/c-tests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[4096];

static bool is_hex(const uint8_t *bytes, unsigned length, const char *expected)
{
	char text[65] = "";
	for (unsigned i = 0; i < length; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	return strcmp(text, expected) == 0;
}

static bool sha256_is(const char *input, unsigned times, unsigned piece, const char *expected)
{
	SHA256 hash;
	uint8_t digest[32];
	sha256_start(&hash);
	for (unsigned i = 0; i < times; i++) {
		for (size_t at = 0, length = strlen(input); at < length; at += piece)
			sha256_update(&hash, input + at, length - at < piece ? length - at : piece);
	}
	sha256_finish(&hash, digest);
	return is_hex(digest, 32, expected);
}

static int sha256_vectors(void)
{
	const char *const two = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	CHECK(sha256_is("", 1, 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
	CHECK(sha256_is("aaaaaaaaaa", 100000, 10, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"));
	for (unsigned piece = 1; piece < 60; piece++) {
		CHECK(sha256_is("abc", 1, piece, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
		CHECK(sha256_is(two, 1, piece, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"));
	}
	return 0;
}

static bool md5_is(const char *input, const char *expected)
{
	uint8_t digest[16];
	flash_md5(input, strlen(input), digest);
	return is_hex(digest, 16, expected);
}

static int md5_vectors(void)
{
	CHECK(md5_is("", "d41d8cd98f00b204e9800998ecf8427e"));
	CHECK(md5_is("abc", "900150983cd24fb0d6963f7d28e17f72"));
	CHECK(md5_is("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"));
	CHECK(md5_is("12345678901234567890123456789012345678901234567890123456789012345678901234567890",
		"57edf4a22be3c955ac49da2e2107b67a"));
	return 0;
}

static int crc_vectors(void)
{
	CHECK(otadata_crc(1) == 0x4743989A && otadata_crc(2) == 0x55F63774);
	return 0;
}

/** A flash whose table is `bytes`; what the reader says of it. */
static const char *read_table(const uint8_t *bytes, size_t length, PartitionTable *table)
{
	NOR *nor;
	unlink(path);
	if (nor_create(path, 65536) != NOR_OK || nor_open(&nor, path, true) != NOR_OK)
		abort();
	if (nor_program(nor, PARTITION_TABLE_OFFSET, bytes, (uint32_t)length) != NOR_OK)
		abort();
	const char *problem = partitions_read(table, nor);
	nor_close(nor);
	return problem;
}

static void put_entry(uint8_t *to, uint8_t type, uint8_t subtype, uint32_t offset, uint32_t size, const char *label)
{
	memset(to, 0, 32);
	to[0] = 0xAA;
	to[1] = 0x50;
	to[2] = type;
	to[3] = subtype;
	memcpy(to + 4, &offset, 4);
	memcpy(to + 8, &size, 4);
	memcpy(to + 12, label, strnlen(label, 16));
}

static void put_checksum(uint8_t *table, unsigned entries)
{
	uint8_t *to = table + entries * 32;
	memset(to, 0xFF, 16);
	to[0] = to[1] = 0xEB;
	flash_md5(table, entries * 32, to + 16);
}

static bool problem_is(const uint8_t *bytes, size_t length, const char *expected)
{
	PartitionTable table;
	const char *problem = read_table(bytes, length, &table);
	return problem != NULL && strcmp(problem, expected) == 0 && table.count == 0;
}

static int table_is_read(void)
{
	uint8_t bytes[96];
	PartitionTable table;
	put_entry(bytes, 1, 2, 0x9000, 0x1000, "sixteen letters!");
	put_entry(bytes + 32, 0, 0x11, 0xA000, 0x2000, "ota_1");
	put_checksum(bytes, 2);
	CHECK(read_table(bytes, 96, &table) == NULL && table.count == 2);
	CHECK(partitions_find_data(&table, "sixteen letters!") == &table.entries[0]);
	CHECK(partitions_find_data(&table, "ota_1") == NULL);
	const Partition *slot = partitions_find(&table, 0, 0x11);
	CHECK(slot == &table.entries[1] && slot->offset == 0xA000 && slot->size == 0x2000);
	CHECK(partitions_next_slot(&table, 0) == slot && partitions_next_slot(&table, 1) == slot);
	CHECK(read_table(bytes, 64, &table) == NULL && table.count == 2);
	return 0;
}

static int next_slot_goes_round(void)
{
	PartitionTable table = {.count = 3};
	for (unsigned i = 0; i < 3; i++)
		table.entries[i].subtype = (uint8_t)(PARTITION_APP_OTA_0 + i);
	for (int i = -1; i < 3; i++)
		CHECK(partitions_next_slot(&table, i) == &table.entries[(i + 1) % 3]);
	return 0;
}

static int bad_tables_are_refused(void)
{
	static uint8_t bytes[PARTITION_TABLE_LENGTH];
	put_entry(bytes, 1, 2, 0x9000, 0x1000, "nvs");
	put_checksum(bytes, 1);
	CHECK(problem_is(bytes, 0, "no partition table"));
	bytes[60] ^= 1;
	CHECK(problem_is(bytes, 64, "wrong checksum of the partition table"));
	put_checksum(bytes, 1);
	put_checksum(bytes, 2);
	CHECK(problem_is(bytes, 96, "two checksums in the partition table"));
	memset(bytes + 32, 0x12, 32);
	CHECK(problem_is(bytes, 64, "damaged partition table"));
	put_entry(bytes, 1, 2, 0xF000, 0x1001, "nvs");
	CHECK(problem_is(bytes, 32, "a partition reaches beyond the flash"));
	put_entry(bytes, 1, 2, 0xFFFFF000, 0x2000, "nvs");
	CHECK(problem_is(bytes, 32, "a partition reaches beyond the flash"));
	for (unsigned i = 0; i < PARTITION_MAX_ENTRIES; i++)
		put_entry(bytes + 32 * i, 1, 2, 0x9000, 0x1000, "nvs");
	CHECK(problem_is(bytes, sizeof(bytes), "partition table without an end"));
	return 0;
}

int main(int argc, char **argv)
{
	static const CTest tests[] = {
		{"SHA-256 gives the published digests, however the input is cut", sha256_vectors},
		{"MD5 gives the published digests", md5_vectors},
		{"the CRC of a sequence is the ROM's", crc_vectors},
		{"a partition table is read, with or without checksum", table_is_read},
		{"the next slot goes round", next_slot_goes_round},
		{"damaged partition tables are refused", bad_tables_are_refused},
	};
	if (argc < 2)
		return 2;
	snprintf(path, sizeof(path), "%s/flash", argv[1]);
	return run_tests(tests, sizeof(tests) / sizeof(tests[0]));
}
