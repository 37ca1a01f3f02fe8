// SPDX-License-Identifier: Apache-2.0
//
// The disk: virtio-blk, one request at a time, each waited for. Source: VIRTIO 1.1 section 5.2.

#include "virtio.h"

enum { READ = 0, WRITE = 1, STATUS_OK = 0 };

static virtio_t device;
static virtio_queue_t queue;

bool disk_open(void)
{
	if (device.base)
		return true;
	if (!virtio_open(&device, VIRTIO_BLOCK, 0))
		return false;
	if (!virtio_add_queue(&device, 0, &queue)) {
		device.base = 0;
		return false;
	}
	virtio_start(&device);
	return true;
}

uint64_t disk_length(void)
{
	uint64_t sectors = 0;
	for (unsigned i = 0; i < 8; i++)
		sectors |= (uint64_t)virtio_configuration(&device, i) << (8 * i);
	return sectors * DISK_SECTOR;
}

static bool transfer(uint32_t type, uint64_t offset, const void *buffer, uint32_t length)
{
	struct {
		uint32_t type;
		uint32_t reserved;
		uint64_t sector;
	} header = {.type = type, .sector = offset / DISK_SECTOR};
	volatile uint8_t status = 0xff;
	virtio_part_t parts[] = {
		{.address = &header, .length = sizeof(header)},
		{.address = buffer, .length = length, .device_writes = type == READ},
		{.address = (const void *)&status, .length = 1, .device_writes = true},
	};
	virtio_do(&queue, parts, sizeof(parts) / sizeof(parts[0]));
	return status == STATUS_OK;
}

bool disk_read(uint64_t offset, void *buffer, uint32_t length)
{
	return transfer(READ, offset, buffer, length);
}

bool disk_write(uint64_t offset, const void *buffer, uint32_t length)
{
	return transfer(WRITE, offset, buffer, length);
}
