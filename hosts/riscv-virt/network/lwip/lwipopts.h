/* SPDX-License-Identifier: Apache-2.0
 *
 * lwIP as the machine uses it: no operating system, raw interface, memory from the C heap. IPv6 only for its texts.
 * Source: lwIP 2.1, src/include/lwip/opt.h.
 */

#ifndef UPGATE_LWIPOPTS_H
#define UPGATE_LWIPOPTS_H

#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_SOCKET 0
#define LWIP_NETCONN 0
#define LWIP_DONT_PROVIDE_BYTEORDER_FUNCTIONS

#define MEM_LIBC_MALLOC 1
#define MEMP_MEM_MALLOC 1
#define MEM_ALIGNMENT 4

#define LWIP_IPV4 1
#define LWIP_IPV6 1
#define LWIP_IPV6_AUTOCONFIG 0
#define LWIP_IPV6_SEND_ROUTER_SOLICIT 0
#define LWIP_DHCP 1
#define LWIP_DNS 1
#define LWIP_IGMP 1
#define LWIP_ARP 1
#define SO_REUSE 1
#define LWIP_NETIF_LOOPBACK 1

#define TCP_MSS 1460
#define TCP_WND (40 * TCP_MSS)
#define TCP_SND_BUF (11 * TCP_MSS)
#define TCP_SND_QUEUELEN 64
#define TCP_LISTEN_BACKLOG 1
#define TCP_DEFAULT_LISTEN_BACKLOG 8
#define MEMP_NUM_TCP_PCB 32
#define MEMP_NUM_TCP_SEG 128
#define LWIP_TCP_KEEPALIVE 0
#define DNS_TABLE_SIZE 8
#define DNS_MAX_NAME_LENGTH 256
#define ARP_QUEUEING 1

#define LWIP_STATS 0

#endif
