/* SPDX-License-Identifier: Apache-2.0
 *
 * Port 68 beside lwIP's DHCP client, which holds it as long as the address comes from DHCP; servers answer to no other port. What is
 * sent leaves from lwIP's own socket; of what comes there, answers to the last request sent here are kept, one at a time, and all else
 * is lwIP's as before. lwIP makes its socket anew with each connection: who opens this port anew finds it.
 * Source: RFC 2131 section 4.1; lwIP 2.2, udp.h (udp_pcbs, udp_recv); ESP-IDF v6.0, esp_netif_tcpip_exec.
 */

#include "xsmc.h"
#include "xsHost.h"
#include "mc.xs.h"

#include "esp_netif.h"
#include "lwip/pbuf.h"
#include "lwip/udp.h"

#include <stdbool.h>
#include <string.h>

#define CLIENT_PORT 68
/* A request of BOOTP: op, htype, hlen, hops, then the number of the transaction. */
#define XID_OFFSET 4
#define XID_BYTES 4
#define LEAST_BYTES 240
#define MOST_BYTES 1472

static portMUX_TYPE lock = portMUX_INITIALIZER_UNLOCKED;

typedef struct {
	void *bytes;
	uint16_t length;
	ip_addr_t address;
	uint16_t port;
} datagram_t;

static struct {
	xsMachine *the;
	xsSlot self;
	bool open;
	udp_recv_fn receive;
	void *argument;
	uint8_t xid[XID_BYTES];
	/* Guarded by the lock: the answer that waits, if it has bytes. */
	datagram_t answer;
} shared;

static void deliver(void *machine, void *context, uint8_t *message, uint16_t length)
{
	xsMachine *the = machine;
	(void)context;
	(void)message;
	(void)length;
	if (!shared.open)
		return;
	xsBeginHost(the);
	(void)xsCall0(shared.self, xsID_onPacket);
	xsEndHost(the);
}

/* In lwIP's task. @returns whether the packet is an answer to ours; it is kept if none waits */
static bool keep(struct pbuf *packet, const ip_addr_t *address, uint16_t port)
{
	datagram_t answer = {.length = packet->tot_len, .address = *address, .port = port};
	uint16_t length = answer.length;
	uint8_t xid[XID_BYTES];
	if (length < LEAST_BYTES || length > MOST_BYTES ||
		pbuf_copy_partial(packet, xid, XID_BYTES, XID_OFFSET) != XID_BYTES)
		return false;
	if (memcmp(xid, shared.xid, XID_BYTES) != 0)
		return false;
	answer.bytes = shared.answer.bytes ? NULL : c_malloc(length);
	if (!answer.bytes)
		return true;
	pbuf_copy_partial(packet, answer.bytes, length, 0);
	portENTER_CRITICAL(&lock);
	shared.answer = answer;
	portEXIT_CRITICAL(&lock);
	(void)modMessagePostToMachine(shared.the, NULL, 0, deliver, NULL);
	return true;
}

static void on_packet(void *argument, struct udp_pcb *pcb, struct pbuf *packet, const ip_addr_t *address, u16_t port)
{
	(void)argument;
	if (keep(packet, address, port))
		pbuf_free(packet);
	else
		shared.receive(shared.argument, pcb, packet, address, port);
}

/* In lwIP's task, as all that follows down to `leave`. */
static struct udp_pcb *find(void)
{
	struct udp_pcb *pcb = udp_pcbs;
	while (pcb && pcb->local_port != CLIENT_PORT)
		pcb = pcb->next;
	return pcb;
}

static esp_err_t take(void *context)
{
	struct udp_pcb *pcb = find();
	(void)context;
	if (!pcb || !pcb->recv || pcb->recv == on_packet)
		return ESP_ERR_NOT_FOUND;
	shared.receive = pcb->recv;
	shared.argument = pcb->recv_arg;
	udp_recv(pcb, on_packet, NULL);
	return ESP_OK;
}

static esp_err_t send(void *context)
{
	const datagram_t *outgoing = context;
	struct udp_pcb *pcb = find();
	struct pbuf *packet = pcb ? pbuf_alloc(PBUF_TRANSPORT, outgoing->length, PBUF_RAM) : NULL;
	if (!packet)
		return ESP_ERR_NO_MEM;
	err_t error = pbuf_take(packet, outgoing->bytes, outgoing->length);
	memcpy(shared.xid, (const uint8_t *)outgoing->bytes + XID_OFFSET, XID_BYTES);
	if (error == ERR_OK)
		error = udp_sendto(pcb, packet, &outgoing->address, outgoing->port);
	pbuf_free(packet);
	return error == ERR_OK ? ESP_OK : ESP_FAIL;
}

static esp_err_t leave(void *context)
{
	struct udp_pcb *pcb = find();
	(void)context;
	if (pcb && pcb->recv == on_packet)
		udp_recv(pcb, shared.receive, shared.argument);
	return ESP_OK;
}

static datagram_t take_answer(void)
{
	portENTER_CRITICAL(&lock);
	datagram_t answer = shared.answer;
	shared.answer.bytes = NULL;
	portEXIT_CRITICAL(&lock);
	return answer;
}

static void end(void)
{
	shared.open = false;
	(void)esp_netif_tcpip_exec(leave, NULL);
	c_free(take_answer().bytes);
}

void xs_esp32_dhcp_destructor(void *data)
{
	if (data)
		end();
}

void xs_esp32_dhcp_open(xsMachine *the)
{
	if (shared.open)
		xsUnknownError("port in use");
	shared.the = the;
	memset(shared.xid, 0, XID_BYTES);
	if (esp_netif_tcpip_exec(take, NULL) != ESP_OK)
		xsUnknownError("no DHCP client");
	shared.self = xsThis;
	xsRemember(shared.self);
	xsmcSetHostData(xsThis, &shared);
	shared.open = true;
}

void xs_esp32_dhcp_close(xsMachine *the)
{
	if (!xsmcGetHostData(xsThis))
		return;
	xsForget(shared.self);
	xsmcSetHostData(xsThis, NULL);
	end();
}

/* (bytes, address, port) */
void xs_esp32_dhcp_write(xsMachine *the)
{
	datagram_t outgoing;
	xsUnsignedValue length;
	char address[IPADDR_STRLEN_MAX];
	xsmcToStringBuffer(xsArg(1), address, sizeof(address));
	outgoing.port = (uint16_t)xsmcToInteger(xsArg(2));
	xsmcGetBufferReadable(xsArg(0), &outgoing.bytes, &length);
	if (!xsmcGetHostData(xsThis))
		xsUnknownError("closed");
	if (length < LEAST_BYTES || length > MOST_BYTES || !ipaddr_aton(address, &outgoing.address))
		xsRangeError("no request");
	outgoing.length = (uint16_t)length;
	if (esp_netif_tcpip_exec(send, &outgoing) != ESP_OK)
		xsUnknownError("not sent");
}

/* An ArrayBuffer with `address` and `port`, or nothing. */
void xs_esp32_dhcp_read(xsMachine *the)
{
	char address[IPADDR_STRLEN_MAX];
	datagram_t answer = take_answer();
	if (!answer.bytes)
		return;
	xsmcVars(1);
	xsmcSetArrayBuffer(xsResult, answer.bytes, answer.length);
	c_free(answer.bytes);
	xsmcSetInteger(xsVar(0), answer.port);
	xsmcSet(xsResult, xsID_port, xsVar(0));
	if (ipaddr_ntoa_r(&answer.address, address, sizeof(address)))
		xsmcSetString(xsVar(0), address);
	xsmcSet(xsResult, xsID_address, xsVar(0));
}
