// SPDX-License-Identifier: Apache-2.0
//
// SHA-256 by FIPS 180-4 sections 4.1.2, 4.2.2, 5.3.3 and 6.2.

#include "sha256.h"
#include "sha256-blocks.h"

#include <string.h>

const uint32_t sha256_constants[64] = {0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
	0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7,
	0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
	0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c,
	0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
	0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t turn(uint32_t value, unsigned bits)
{
	return value >> bits | value << (32 - bits);
}

static void schedule(uint32_t words[64], const uint8_t *block)
{
	for (unsigned i = 0; i < 16; i++)
		words[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 |
			block[4 * i + 3];
	for (unsigned i = 16; i < 64; i++) {
		uint32_t near = words[i - 2], far = words[i - 15];
		words[i] = words[i - 16] + words[i - 7] + (turn(far, 7) ^ turn(far, 18) ^ far >> 3) +
			(turn(near, 17) ^ turn(near, 19) ^ near >> 10);
	}
}

/** One step: instead of moving eight variables along, the next step names them differently. */
static inline void step(
	uint32_t a, uint32_t b, uint32_t c, uint32_t *d, uint32_t e, uint32_t f, uint32_t g, uint32_t *h, uint32_t input)
{
	uint32_t one = *h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + (g ^ (e & (f ^ g))) + input;
	*d += one;
	*h = one + (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) | (c & (a | b)));
}

static void add_block(uint32_t state[8], const uint8_t *block)
{
	uint32_t words[64];
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
	uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
	schedule(words, block);
	for (unsigned i = 0; i < 64; i += 8) {
		const uint32_t *w = words + i, *k = sha256_constants + i;
		step(a, b, c, &d, e, f, g, &h, k[0] + w[0]);
		step(h, a, b, &c, d, e, f, &g, k[1] + w[1]);
		step(g, h, a, &b, c, d, e, &f, k[2] + w[2]);
		step(f, g, h, &a, b, c, d, &e, k[3] + w[3]);
		step(e, f, g, &h, a, b, c, &d, k[4] + w[4]);
		step(d, e, f, &g, h, a, b, &c, k[5] + w[5]);
		step(c, d, e, &f, g, h, a, &b, k[6] + w[6]);
		step(b, c, d, &e, f, g, h, &a, k[7] + w[7]);
	}
	const uint32_t last[8] = {a, b, c, d, e, f, g, h};
	for (unsigned i = 0; i < 8; i++)
		state[i] += last[i];
}

void sha256_start(SHA256 *hash)
{
	static const uint32_t initial[8] = {
		0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
	memcpy(hash->state, initial, sizeof(initial));
	hash->length = 0;
}

static void add_blocks(uint32_t state[8], const uint8_t *blocks, size_t count)
{
	if (sha256_is_fast())
		sha256_add_fast(state, blocks, count);
	else
		for (; count > 0; count--, blocks += SHA256_BLOCK)
			add_block(state, blocks);
}

void sha256_update(SHA256 *hash, const void *bytes, size_t length)
{
	const uint8_t *from = bytes;
	size_t used = hash->length % SHA256_BLOCK;
	hash->length += length;
	if (used > 0) {
		size_t part = SHA256_BLOCK - used < length ? SHA256_BLOCK - used : length;
		memcpy(hash->block + used, from, part);
		from += part;
		length -= part;
		if (used + part == SHA256_BLOCK)
			add_blocks(hash->state, hash->block, 1);
	}
	if (length == 0)
		return;
	size_t whole = length / SHA256_BLOCK;
	add_blocks(hash->state, from, whole);
	memcpy(hash->block, from + whole * SHA256_BLOCK, length - whole * SHA256_BLOCK);
}

void sha256_finish(SHA256 *hash, uint8_t digest[32])
{
	uint64_t bits = hash->length * 8;
	uint8_t byte = 0x80;
	sha256_update(hash, &byte, 1);
	byte = 0;
	while (hash->length % 64 != 56)
		sha256_update(hash, &byte, 1);
	uint8_t tail[8];
	for (unsigned i = 0; i < 8; i++)
		tail[i] = (uint8_t)(bits >> (56 - 8 * i));
	sha256_update(hash, tail, sizeof(tail));
	for (unsigned i = 0; i < 32; i++)
		digest[i] = (uint8_t)(hash->state[i / 4] >> (24 - 8 * (i % 4)));
}
