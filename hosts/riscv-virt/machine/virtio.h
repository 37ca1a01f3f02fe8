/* SPDX-License-Identifier: Apache-2.0
 *
 * Virtio devices over MMIO, and their queues. Source: Virtual I/O Device (VIRTIO) 1.1, sections 2.6 (split virtqueues), 4.2.
 */

#ifndef UPGATE_VIRTIO_H
#define UPGATE_VIRTIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VIRTIO_NET = 1, VIRTIO_BLOCK = 2, VIRTIO_ENTROPY = 4 };
enum { VIRTIO_QUEUE_SIZE = 32 };

typedef struct {
	uintptr_t base; /* 0: no such device */
} virtio_t;

typedef struct {
	uint64_t address;
	uint32_t length;
	uint16_t flags;
	uint16_t next;
} virtio_descriptor_t;

typedef struct {
	virtio_descriptor_t descriptors[VIRTIO_QUEUE_SIZE];
	struct {
		uint16_t flags;
		uint16_t index;
		uint16_t ring[VIRTIO_QUEUE_SIZE];
	} available;
	struct {
		_Alignas(4) uint16_t flags;
		uint16_t index;
		struct {
			uint32_t id;
			uint32_t length;
		} ring[VIRTIO_QUEUE_SIZE];
	} used;
	const virtio_t *device;
	uint16_t number;
	uint16_t seen;
} __attribute__((aligned(16))) virtio_queue_t;

typedef struct {
	const void *address;
	uint32_t length;
	bool device_writes;
} virtio_part_t;

/* Finds the first device of a kind and agrees on VIRTIO_F_VERSION_1 and `features` of the low word; false when there is none. */
bool virtio_open(virtio_t *device, uint32_t kind, uint32_t features);
bool virtio_add_queue(const virtio_t *device, uint16_t number, virtio_queue_t *queue);
/* After all queues are there. */
void virtio_start(const virtio_t *device);
/* Byte of the device's configuration. */
uint8_t virtio_configuration(const virtio_t *device, unsigned offset);
/* Clears the device's interrupt. */
void virtio_acknowledge(const virtio_t *device);

/* Hands over a chain that takes the descriptors from `head` on. */
void virtio_put(virtio_queue_t *queue, uint16_t head, const virtio_part_t *parts, unsigned count);
/* The head of a chain that the device is done with, -1 when there is none; *length: bytes it wrote. */
int virtio_take(virtio_queue_t *queue, uint32_t *length);
/* Hands a chain over and waits for it. */
void virtio_do(virtio_queue_t *queue, const virtio_part_t *parts, unsigned count);

/* Random bytes of virtio-rng; false when the machine has none. */
bool entropy_fill(void *buffer, size_t length);

/* The disk that stands for the flash (virtio-blk), by sectors of 512 bytes. */
enum { DISK_SECTOR = 512 };
bool disk_open(void);
uint64_t disk_length(void);
/* offset and length are multiples of a sector. */
bool disk_read(uint64_t offset, void *buffer, uint32_t length);
bool disk_write(uint64_t offset, const void *buffer, uint32_t length);

#endif
