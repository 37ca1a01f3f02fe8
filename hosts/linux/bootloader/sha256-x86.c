// SPDX-License-Identifier: Apache-2.0
//
// SHA-256 of whole blocks by the SHA extensions of x86 processors, where there are such. FIPS 180-4 section 6.2.2, two
// rounds an instruction. Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, SHA256RNDS2,
// SHA256MSG1, SHA256MSG2.

#include "sha256-blocks.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define WITH_SHA __attribute__((target("sha,sse4.1,ssse3")))

bool sha256_is_fast(void)
{
	return __builtin_cpu_supports("sha") && __builtin_cpu_supports("sse4.1");
}

/** The state as the instructions want it: A B E F and C D G H, the first of each in the highest lane. */
typedef struct {
	__m128i abef, cdgh;
} Lanes;

WITH_SHA static Lanes load(const uint32_t state[8])
{
	const __m128i *from = (const void *)state;
	__m128i badc = _mm_shuffle_epi32(_mm_loadu_si128(from), 0xB1);
	__m128i hgfe = _mm_shuffle_epi32(_mm_loadu_si128(from + 1), 0x1B);
	return (Lanes){_mm_alignr_epi8(badc, hgfe, 8), _mm_blend_epi16(hgfe, badc, 0xF0)};
}

WITH_SHA static void store(uint32_t state[8], Lanes lanes)
{
	__m128i *to = (void *)state;
	__m128i feba = _mm_shuffle_epi32(lanes.abef, 0x1B);
	__m128i dchg = _mm_shuffle_epi32(lanes.cdgh, 0xB1);
	_mm_storeu_si128(to, _mm_blend_epi16(feba, dchg, 0xF0));
	_mm_storeu_si128(to + 1, _mm_alignr_epi8(dchg, feba, 8));
}

/** Four rounds. @param words four words of the schedule @param k their constants */
WITH_SHA static inline void rounds(Lanes *lanes, __m128i words, const uint32_t *k)
{
	__m128i input = _mm_add_epi32(words, _mm_loadu_si128((const void *)k));
	lanes->cdgh = _mm_sha256rnds2_epu32(lanes->cdgh, lanes->abef, input);
	lanes->abef = _mm_sha256rnds2_epu32(lanes->abef, lanes->cdgh, _mm_shuffle_epi32(input, 0x0E));
}

/** Words i to i+3 of the schedule from the sixteen before them. */
WITH_SHA static inline __m128i next(__m128i w16, __m128i w12, __m128i w8, __m128i w4)
{
	__m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(w16, w12), _mm_alignr_epi8(w4, w8, 4));
	return _mm_sha256msg2_epu32(sum, w4);
}

WITH_SHA void sha256_add_fast(uint32_t state[8], const uint8_t *blocks, size_t count)
{
	const __m128i order = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
	Lanes lanes = load(state);
	for (; count > 0; count--, blocks += SHA256_BLOCK) {
		Lanes before = lanes;
		__m128i w[4];
		for (unsigned i = 0; i < 4; i++) {
			w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)blocks + i), order);
			rounds(&lanes, w[i], sha256_constants + 4 * i);
		}
#pragma GCC unroll 12
		for (unsigned i = 4; i < 16; i++) {
			w[i % 4] = next(w[i % 4], w[(i + 1) % 4], w[(i + 2) % 4], w[(i + 3) % 4]);
			rounds(&lanes, w[i % 4], sha256_constants + 4 * i);
		}
		lanes.abef = _mm_add_epi32(lanes.abef, before.abef);
		lanes.cdgh = _mm_add_epi32(lanes.cdgh, before.cdgh);
	}
	store(state, lanes);
}

#else

bool sha256_is_fast(void)
{
	return false;
}

void sha256_add_fast(uint32_t state[8], const uint8_t *blocks, size_t count)
{
	(void)state, (void)blocks, (void)count;
}

#endif
