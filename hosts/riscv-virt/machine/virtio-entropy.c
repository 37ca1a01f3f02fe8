// SPDX-License-Identifier: Apache-2.0
//
// Random bytes of the machine: virtio-rng. Source: VIRTIO 1.1 section 5.4.

#include "virtio.h"

#include <string.h>

bool entropy_fill(void *buffer, size_t length)
{
	static virtio_t device;
	static virtio_queue_t queue;
	static uint8_t bytes[64];
	uint8_t *to = buffer;
	if (!device.base) {
		if (!virtio_open(&device, VIRTIO_ENTROPY, 0))
			return false;
		if (!virtio_add_queue(&device, 0, &queue)) {
			device.base = 0;
			return false;
		}
		virtio_start(&device);
	}
	while (length > 0) {
		uint32_t count = 0;
		virtio_part_t part = {.address = bytes, .length = sizeof(bytes), .device_writes = true};
		if (part.length > length)
			part.length = (uint32_t)length;
		virtio_put(&queue, 0, &part, 1);
		while (virtio_take(&queue, &count) < 0) {
		}
		virtio_acknowledge(&device);
		if (count > part.length)
			return false;
		memcpy(to, bytes, count);
		to += count;
		length -= count;
	}
	memset(bytes, 0, sizeof(bytes));
	return true;
}
