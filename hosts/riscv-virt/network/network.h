/* SPDX-License-Identifier: Apache-2.0
 *
 * lwIP on the machine's network device: one interface, its address by DHCP.
 */

#ifndef UPGATE_NETWORK_H
#define UPGATE_NETWORK_H

#include <stdint.h>

/* Brings the interface up and waits a moment for its address; goes on without. */
void network_start(void);
/* The device's address; zeros without a device. */
void network_mac(uint8_t mac[6]);
/* Takes what has arrived, runs what is due. */
void network_poll(void);
/* Microseconds until network_poll has something to do, unless something arrives. */
uint64_t network_idle_us(void);

#endif
