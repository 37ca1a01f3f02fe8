/* SPDX-License-Identifier: Apache-2.0
 *
 * What the C files of the certificate store share. Mbed TLS 3.6 and 4.0: PSA for all cryptography, no private fields. DER in, a
 * number of Mbed TLS instead of a result when it fails. Leaves out PEM (pem.ts) and encrypted keys.
 */

#ifndef UPGATE_CERTIFICATES_H
#define UPGATE_CERTIFICATES_H

#include "xsmc.h"

#include "mbedtls/build_info.h"
#include "mbedtls/pk.h"
#include "mbedtls/x509_crt.h"

/* All of them take bytes of script memory, and ask for none while they hold a pointer into it. */

/* certificates-read.c */
int certificates_parse_key(xsMachine *the, xsSlot *slot, mbedtls_pk_context *key);

#endif
