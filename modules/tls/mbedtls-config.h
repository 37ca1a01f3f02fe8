/* SPDX-License-Identifier: Apache-2.0
 *
 * Configuration of Mbed TLS 3.6 where we build it ourselves (Linux; on ESP32 the SDK's sdkconfig does this). TLS 1.2 and 1.3,
 * both sides, ECDHE only, authenticated ciphers only, all cryptography through PSA. Left out: what Mbed TLS 4.0 left out too
 * (RSA key exchange, DHE, CBC, curves under 250 bits), DTLS, renegotiation, early data, files, sockets, debug texts, MD5.
 * Included by the library itself and by its users. Sources: mbedtls_config.h and psa/crypto_config.h of Mbed TLS 3.6.
 */

#ifndef UPGATE_MBEDTLS_CONFIG_H
#define UPGATE_MBEDTLS_CONFIG_H

/* Platform. Dates of certificates are judged by the caller's clock, in tls-verify.c: no MBEDTLS_HAVE_TIME_DATE. */
#define MBEDTLS_HAVE_ASM
#define MBEDTLS_HAVE_TIME
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_MEMORY
/* The host's heap, with a count of its own: tls-heap.c. */
#define MBEDTLS_PLATFORM_CALLOC_MACRO tls_calloc
#define MBEDTLS_PLATFORM_FREE_MACRO tls_free
#include <stddef.h>
void *tls_calloc(size_t count, size_t size);
void tls_free(void *block);
#define MBEDTLS_ENTROPY_C
#define MBEDTLS_CTR_DRBG_C
#if defined(__x86_64__)
#define MBEDTLS_AESNI_C
#endif

/* Cryptography */
#define MBEDTLS_PSA_CRYPTO_C
#define MBEDTLS_PSA_CRYPTO_CONFIG
#define MBEDTLS_PSA_CRYPTO_CONFIG_FILE MBEDTLS_CONFIG_FILE
#define MBEDTLS_USE_PSA_CRYPTO
/* GCM and CCM call AES itself, not the table of all ciphers, which is there for SNMP: 40 instructions less for each 16 bytes. */
#define MBEDTLS_BLOCK_CIPHER_C
/* One thread, no memory shared with a less trusted side: no copies of what is encrypted. */
#define MBEDTLS_PSA_ASSUME_EXCLUSIVE_BUFFERS
#define MBEDTLS_ECP_NIST_OPTIM
/* A third of the table: 1.5 KB of heap in a handshake instead of 5. */
#define MBEDTLS_ECP_WINDOW_SIZE 3
#define MBEDTLS_MPI_WINDOW_SIZE 3
#define MBEDTLS_MPI_MAX_SIZE 512

#define PSA_WANT_ALG_CCM 1
#define PSA_WANT_ALG_CHACHA20_POLY1305 1
#define PSA_WANT_ALG_ECDH 1
#define PSA_WANT_ALG_ECDSA 1
#define PSA_WANT_ALG_DETERMINISTIC_ECDSA 1
#define PSA_WANT_ALG_ECB_NO_PADDING 1
#define PSA_WANT_ALG_CTR 1
#define PSA_WANT_ALG_GCM 1
#define PSA_WANT_ALG_HKDF 1
#define PSA_WANT_ALG_HKDF_EXTRACT 1
#define PSA_WANT_ALG_HKDF_EXPAND 1
#define PSA_WANT_ALG_HMAC 1
#define PSA_WANT_ALG_RSA_PKCS1V15_SIGN 1
#define PSA_WANT_ALG_RSA_PSS 1
/* Not accepted in a signature; without it such a certificate would not even be read and told. */
#define PSA_WANT_ALG_SHA_1 1
#define PSA_WANT_ALG_SHA_256 1
#define PSA_WANT_ALG_SHA_384 1
#define PSA_WANT_ALG_SHA_512 1
#define PSA_WANT_ALG_TLS12_PRF 1
#define PSA_WANT_ECC_MONTGOMERY_255 1
#define PSA_WANT_ECC_SECP_R1_256 1
#define PSA_WANT_ECC_SECP_R1_384 1
#define PSA_WANT_ECC_SECP_R1_521 1
#define PSA_WANT_KEY_TYPE_AES 1
#define PSA_WANT_KEY_TYPE_CHACHA20 1
#define PSA_WANT_KEY_TYPE_DERIVE 1
#define PSA_WANT_KEY_TYPE_HMAC 1
#define PSA_WANT_KEY_TYPE_RAW_DATA 1
#define PSA_WANT_KEY_TYPE_ECC_PUBLIC_KEY 1
#define PSA_WANT_KEY_TYPE_ECC_KEY_PAIR_BASIC 1
#define PSA_WANT_KEY_TYPE_ECC_KEY_PAIR_IMPORT 1
#define PSA_WANT_KEY_TYPE_ECC_KEY_PAIR_EXPORT 1
#define PSA_WANT_KEY_TYPE_ECC_KEY_PAIR_GENERATE 1
#define PSA_WANT_KEY_TYPE_RSA_PUBLIC_KEY 1
#define PSA_WANT_KEY_TYPE_RSA_KEY_PAIR_BASIC 1
#define PSA_WANT_KEY_TYPE_RSA_KEY_PAIR_IMPORT 1
#define PSA_WANT_KEY_TYPE_RSA_KEY_PAIR_EXPORT 1

/* Keys and certificates */
#define MBEDTLS_ASN1_PARSE_C
#define MBEDTLS_ASN1_WRITE_C
#define MBEDTLS_BASE64_C
#define MBEDTLS_OID_C
#define MBEDTLS_PEM_PARSE_C
#define MBEDTLS_PEM_WRITE_C
#define MBEDTLS_PK_C
#define MBEDTLS_PK_PARSE_C
#define MBEDTLS_PK_WRITE_C
#define MBEDTLS_PKCS1_V15
#define MBEDTLS_PKCS1_V21
#define MBEDTLS_X509_USE_C
#define MBEDTLS_X509_CRT_PARSE_C
#define MBEDTLS_X509_CREATE_C
#define MBEDTLS_X509_CSR_WRITE_C
#define MBEDTLS_X509_RSASSA_PSS_SUPPORT
/* Root, two intermediates, leaf, and a few that were not needed. */
#define MBEDTLS_X509_MAX_INTERMEDIATE_CA 6

/* TLS */
#define MBEDTLS_SSL_TLS_C
#define MBEDTLS_SSL_CLI_C
#define MBEDTLS_SSL_SRV_C
#define MBEDTLS_SSL_PROTO_TLS1_2
#define MBEDTLS_SSL_PROTO_TLS1_3
#define MBEDTLS_SSL_TLS1_3_COMPATIBILITY_MODE
#define MBEDTLS_SSL_TLS1_3_KEY_EXCHANGE_MODE_EPHEMERAL_ENABLED
#define MBEDTLS_SSL_TLS1_3_KEY_EXCHANGE_MODE_PSK_EPHEMERAL_ENABLED
#define MBEDTLS_KEY_EXCHANGE_ECDHE_ECDSA_ENABLED
#define MBEDTLS_KEY_EXCHANGE_ECDHE_RSA_ENABLED
#define MBEDTLS_SSL_ALL_ALERT_MESSAGES
#define MBEDTLS_SSL_ALPN
#define MBEDTLS_SSL_EXTENDED_MASTER_SECRET
/* TLS 1.3 needs it in 3.6: the chain stays in memory as long as the connection. */
#define MBEDTLS_SSL_KEEP_PEER_CERTIFICATE
#define MBEDTLS_SSL_MAX_FRAGMENT_LENGTH
#define MBEDTLS_SSL_RECORD_SIZE_LIMIT
#define MBEDTLS_SSL_SERVER_NAME_INDICATION
#define MBEDTLS_SSL_SESSION_TICKETS
#define MBEDTLS_SSL_TICKET_C
/* A peer may send 16 KB records; we never do. Out: the longest handshake message, a certificate chain. The parts of the library that
 * know these lengths are built a second time with UPGATE_TLS_SMALL, see tls-records.c. Not MBEDTLS_SSL_VARIABLE_BUFFER_LENGTH: for a
 * connection without a maximum fragment length, 3.6.6 takes MBEDTLS_TLS_EXT_ADV_CONTENT_LEN, the lesser of the two lengths, as the
 * length of both buffers when the handshake is over, and fails at the first record longer than OUT. With equal lengths it works,
 * but needs both in full for the handshake. */
#if defined(UPGATE_TLS_SMALL)
#define MBEDTLS_SSL_IN_CONTENT_LEN 4096
#define MBEDTLS_SSL_OUT_CONTENT_LEN 2048
#else
#define MBEDTLS_SSL_IN_CONTENT_LEN 16384
#define MBEDTLS_SSL_OUT_CONTENT_LEN 4096
#endif
/* Tells tls-records.c that both are there. */
#define UPGATE_TLS_HAS_SMALL

#endif
