// SPDX-License-Identifier: Apache-2.0
//
// The interface: frames between lwIP and virtio-net. Sources: VIRTIO 1.1 section 5.1; lwIP 2.1, doc/rawapi.txt.

#include "network.h"

#include "../machine/machine.h"
#include "../machine/virtio.h"

#include <string.h>

#include "lwip/dhcp.h"
#include "lwip/etharp.h"
#include "lwip/init.h"
#include "lwip/netif.h"
#include "lwip/timeouts.h"
#include "netif/ethernet.h"

/* How long the start waits for an address. */
#define DHCP_WAIT_US 3000000u
#define NO_TIMEOUT_US 1000000u

enum { FRAME = 1514, HEADER = 12, BUFFERS = VIRTIO_QUEUE_SIZE, FEATURE_MAC = 1 << 5 };
enum { RECEIVE = 0, TRANSMIT = 1 };

typedef struct {
	uint8_t bytes[HEADER + FRAME + 2];
} buffer_t;

static struct {
	virtio_t device;
	virtio_queue_t queues[2];
	buffer_t received[BUFFERS];
	buffer_t sent[BUFFERS];
	bool sending[BUFFERS];
	struct netif netif;
} net;

static void offer(uint16_t index)
{
	virtio_part_t part = {.address = &net.received[index], .length = HEADER + FRAME, .device_writes = true};
	virtio_put(&net.queues[RECEIVE], index, &part, 1);
}

static void collect_sent(void)
{
	uint32_t length;
	for (int index; (index = virtio_take(&net.queues[TRANSMIT], &length)) >= 0;)
		net.sending[index] = false;
}

/* A frame that finds no free buffer is lost, as on any wire. */
static err_t transmit(struct netif *netif, struct pbuf *frame)
{
	(void)netif;
	collect_sent();
	if (frame->tot_len > FRAME)
		return ERR_BUF;
	for (uint16_t i = 0; i < BUFFERS; i++) {
		if (net.sending[i])
			continue;
		memset(net.sent[i].bytes, 0, HEADER);
		pbuf_copy_partial(frame, net.sent[i].bytes + HEADER, frame->tot_len, 0);
		virtio_part_t part = {.address = &net.sent[i], .length = HEADER + (uint32_t)frame->tot_len};
		net.sending[i] = true;
		virtio_put(&net.queues[TRANSMIT], i, &part, 1);
		return ERR_OK;
	}
	return ERR_MEM;
}

static void receive(const uint8_t *bytes, uint32_t length)
{
	if (length > FRAME)
		return;
	struct pbuf *frame = pbuf_alloc(PBUF_RAW, (u16_t)length, PBUF_RAM);
	if (!frame)
		return;
	pbuf_take(frame, bytes, (u16_t)length);
	if (net.netif.input(frame, &net.netif) != ERR_OK)
		pbuf_free(frame);
}

void network_poll(void)
{
	uint32_t length;
	if (net.device.base) {
		virtio_acknowledge(&net.device);
		collect_sent();
		for (int index; (index = virtio_take(&net.queues[RECEIVE], &length)) >= 0;) {
			if (length > HEADER)
				receive(net.received[index].bytes + HEADER, length - HEADER);
			offer((uint16_t)index);
		}
	}
	netif_poll_all();
	sys_check_timeouts();
}

uint64_t network_idle_us(void)
{
	u32_t ms = sys_timeouts_sleeptime();
	return ms == SYS_TIMEOUTS_SLEEPTIME_INFINITE ? NO_TIMEOUT_US : (uint64_t)ms * 1000;
}

void network_mac(uint8_t mac[6])
{
	memset(mac, 0, 6);
	for (unsigned i = 0; net.device.base && i < 6; i++)
		mac[i] = virtio_configuration(&net.device, i);
}

static err_t set_up(struct netif *netif)
{
	netif->name[0] = 'e';
	netif->name[1] = 'n';
	netif->mtu = 1500;
	netif->hwaddr_len = 6;
	network_mac(netif->hwaddr);
	netif->output = etharp_output;
	netif->linkoutput = transmit;
	netif->flags =
		NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_LINK_UP | NETIF_FLAG_IGMP;
	return ERR_OK;
}

static bool open_device(void)
{
	if (!virtio_open(&net.device, VIRTIO_NET, FEATURE_MAC))
		return false;
	for (uint16_t i = 0; i < 2; i++) {
		if (!virtio_add_queue(&net.device, i, &net.queues[i])) {
			net.device.base = 0;
			return false;
		}
	}
	virtio_start(&net.device);
	for (uint16_t i = 0; i < BUFFERS; i++)
		offer(i);
	return true;
}

void network_start(void)
{
	lwip_init();
	if (!open_device() || !netif_add_noaddr(&net.netif, NULL, set_up, ethernet_input))
		return;
	netif_set_default(&net.netif);
	netif_set_up(&net.netif);
	if (dhcp_start(&net.netif) != ERR_OK)
		return;
	uint64_t end = machine_time_us() + DHCP_WAIT_US;
	while (!dhcp_supplied_address(&net.netif) && machine_time_us() < end)
		network_poll();
}

/* For lwIP. */

u32_t sys_now(void)
{
	return (u32_t)(machine_time_us() / 1000);
}

uint32_t network_random(void)
{
	uint32_t value = 0;
	/* Ports and sequence numbers; without a source they can be foreseen, and TLS does not start at all. */
	if (!entropy_fill(&value, sizeof(value)))
		value = (uint32_t)machine_wall_ns();
	return value;
}
