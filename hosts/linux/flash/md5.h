// SPDX-License-Identifier: Apache-2.0
//
// MD5 of a whole buffer, only for the checksum entry of a partition table (RFC 1321). Not for anything security depends on.
#ifndef FLASH_MD5_H
#define FLASH_MD5_H

#include <stddef.h>
#include <stdint.h>

void flash_md5(const void *bytes, size_t length, uint8_t digest[16]);

#endif
