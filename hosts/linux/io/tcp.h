/* SPDX-License-Identifier: Apache-2.0
 *
 * For the listener: gives an accepted connection to an empty TCP instance.
 */

#ifndef UPGATE_TCP_H
#define UPGATE_TCP_H

#include "tcp-socket.h"
#include "xsmc.h"

/* Throws SyntaxError unless the slot is a TCP instance made without options and still empty. */
void tcp_check_empty(xsMachine *the, xsSlot *slot);
void tcp_fill(xsMachine *the, xsSlot *slot, tcp_socket_t *socket);

#endif
