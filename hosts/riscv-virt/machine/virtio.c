// SPDX-License-Identifier: Apache-2.0
//
// See virtio.h. Device and hart see the same memory; fences order it.

#include "virtio.h"

#include "machine.h"

#include <string.h>

enum {
	MAGIC = 0x00,
	VERSION = 0x04,
	DEVICE_ID = 0x08,
	DEVICE_FEATURES = 0x10,
	DEVICE_FEATURES_SELECT = 0x14,
	DRIVER_FEATURES = 0x20,
	DRIVER_FEATURES_SELECT = 0x24,
	QUEUE_SELECT = 0x30,
	QUEUE_MAX = 0x34,
	QUEUE_SIZE = 0x38,
	QUEUE_READY = 0x44,
	NOTIFY = 0x50,
	INTERRUPT_STATUS = 0x60,
	INTERRUPT_ACKNOWLEDGE = 0x64,
	STATUS = 0x70,
	QUEUE_DESCRIPTORS = 0x80,
	QUEUE_AVAILABLE = 0x90,
	QUEUE_USED = 0xa0,
	CONFIGURATION = 0x100
};
enum { STATUS_ACKNOWLEDGE = 1, STATUS_DRIVER = 2, STATUS_READY = 4, STATUS_FEATURES = 8 };
enum { FLAG_NEXT = 1, FLAG_WRITE = 2 };

#define MAGIC_VALUE 0x74726976u
/* Of the high word: VIRTIO_F_VERSION_1. */
#define FEATURE_VERSION_1 1u

static volatile uint32_t *reg(const virtio_t *device, unsigned offset)
{
	return machine_register(device->base + offset);
}

static void fence(void)
{
	__asm__ volatile("fence" ::: "memory");
}

static bool find(virtio_t *device, uint32_t kind)
{
	for (unsigned i = 0; i < MACHINE_VIRTIO_COUNT; i++) {
		device->base = MACHINE_VIRTIO + 0x1000 * i;
		/* Version 2: `-global virtio-mmio.force-legacy=false`. */
		if (*reg(device, MAGIC) == MAGIC_VALUE && *reg(device, VERSION) == 2 && *reg(device, DEVICE_ID) == kind)
			return true;
	}
	device->base = 0;
	return false;
}

bool virtio_open(virtio_t *device, uint32_t kind, uint32_t features)
{
	if (!find(device, kind))
		return false;
	*reg(device, STATUS) = 0;
	*reg(device, STATUS) = STATUS_ACKNOWLEDGE | STATUS_DRIVER;
	*reg(device, DEVICE_FEATURES_SELECT) = 0;
	features &= *reg(device, DEVICE_FEATURES);
	*reg(device, DRIVER_FEATURES_SELECT) = 0;
	*reg(device, DRIVER_FEATURES) = features;
	*reg(device, DRIVER_FEATURES_SELECT) = 1;
	*reg(device, DRIVER_FEATURES) = FEATURE_VERSION_1;
	*reg(device, STATUS) |= STATUS_FEATURES;
	if (*reg(device, STATUS) & STATUS_FEATURES)
		return true;
	device->base = 0;
	return false;
}

static void set_address(const virtio_t *device, unsigned offset, const volatile void *address)
{
	*reg(device, offset) = (uint32_t)(uintptr_t)address;
	*reg(device, offset + 4) = 0;
}

bool virtio_add_queue(const virtio_t *device, uint16_t number, virtio_queue_t *queue)
{
	memset(queue, 0, sizeof(*queue));
	queue->device = device;
	queue->number = number;
	*reg(device, QUEUE_SELECT) = number;
	if (*reg(device, QUEUE_MAX) < VIRTIO_QUEUE_SIZE)
		return false;
	*reg(device, QUEUE_SIZE) = VIRTIO_QUEUE_SIZE;
	set_address(device, QUEUE_DESCRIPTORS, queue->descriptors);
	set_address(device, QUEUE_AVAILABLE, &queue->available);
	set_address(device, QUEUE_USED, &queue->used);
	*reg(device, QUEUE_READY) = 1;
	return true;
}

void virtio_start(const virtio_t *device)
{
	*reg(device, STATUS) |= STATUS_READY;
}

uint8_t virtio_configuration(const virtio_t *device, unsigned offset)
{
	return *(volatile uint8_t *)(device->base + CONFIGURATION + offset);
}

void virtio_acknowledge(const virtio_t *device)
{
	if (device->base)
		*reg(device, INTERRUPT_ACKNOWLEDGE) = *reg(device, INTERRUPT_STATUS);
}

void virtio_put(virtio_queue_t *queue, uint16_t head, const virtio_part_t *parts, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		virtio_descriptor_t *descriptor = &queue->descriptors[head + i];
		descriptor->address = (uintptr_t)parts[i].address;
		descriptor->length = parts[i].length;
		descriptor->flags = (uint16_t)((parts[i].device_writes ? FLAG_WRITE : 0) | (i + 1 < count ? FLAG_NEXT : 0));
		descriptor->next = (uint16_t)(head + i + 1);
	}
	queue->available.ring[queue->available.index % VIRTIO_QUEUE_SIZE] = head;
	fence();
	*(volatile uint16_t *)&queue->available.index = (uint16_t)(queue->available.index + 1);
	fence();
	*reg(queue->device, NOTIFY) = queue->number;
}

int virtio_take(virtio_queue_t *queue, uint32_t *length)
{
	if (*(volatile uint16_t *)&queue->used.index == queue->seen)
		return -1;
	fence();
	unsigned slot = queue->seen++ % VIRTIO_QUEUE_SIZE;
	*length = queue->used.ring[slot].length;
	return (int)(queue->used.ring[slot].id % VIRTIO_QUEUE_SIZE);
}

void virtio_do(virtio_queue_t *queue, const virtio_part_t *parts, unsigned count)
{
	uint32_t length;
	virtio_put(queue, 0, parts, count);
	while (virtio_take(queue, &length) < 0) {
	}
	virtio_acknowledge(queue->device);
}
