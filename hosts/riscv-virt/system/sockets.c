// SPDX-License-Identifier: Apache-2.0
//
// Sockets under their POSIX names: arguments are checked and turned into lwIP's; tcp-file.c and udp-file.c do the rest.
// Source: POSIX.1-2017. IPv4 only.

#include "socket-file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int socket_errno(err_t error)
{
	switch (error) {
	case ERR_OK:
		return 0;
	case ERR_MEM:
	case ERR_BUF:
		return ENOBUFS;
	case ERR_TIMEOUT:
		return ETIMEDOUT;
	case ERR_RTE:
	case ERR_IF:
		return ENETUNREACH;
	case ERR_USE:
		return EADDRINUSE;
	case ERR_ISCONN:
	case ERR_ALREADY:
		return EISCONN;
	case ERR_CONN:
		return ENOTCONN;
	case ERR_ABRT:
		return ECONNABORTED;
	case ERR_RST:
	case ERR_CLSD:
		return ECONNRESET;
	default:
		return EINVAL;
	}
}

ssize_t socket_read(file_t *file, void *buffer, size_t length)
{
	socket_file_t *socket = (socket_file_t *)file;
	return socket->kind->receive(socket, buffer, length, false, NULL, NULL);
}

ssize_t socket_write(file_t *file, const void *buffer, size_t length)
{
	socket_file_t *socket = (socket_file_t *)file;
	return socket->kind->send(socket, buffer, length, NULL, 0);
}

static socket_file_t *get(int fd)
{
	file_t *file = file_get(fd);
	if (!file)
		return NULL;
	/* Only sockets have sockets' way to be read. */
	if (file->kind->read == socket_read)
		return (socket_file_t *)file;
	errno = ENOTSOCK;
	return NULL;
}

static bool from_sockaddr(const struct sockaddr *address, socklen_t length, ip_addr_t *ip, uint16_t *port)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
	if (length < sizeof(*v4) || address->sa_family != AF_INET) {
		errno = EAFNOSUPPORT;
		return false;
	}
	ip_addr_set_ip4_u32(ip, v4->sin_addr.s_addr);
	*port = ntohs(v4->sin_port);
	return true;
}

static void to_sockaddr(struct sockaddr *address, socklen_t *length, const ip_addr_t *ip, uint16_t port)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
	v4.sin_addr.s_addr = ip_addr_get_ip4_u32(ip);
	if (!address || !length)
		return;
	memcpy(address, &v4, *length < sizeof(v4) ? *length : sizeof(v4));
	*length = sizeof(v4);
}

int socket(int family, int type, int protocol)
{
	int base = type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
	(void)protocol;
	if (family != AF_INET)
		return file_fail(EAFNOSUPPORT);
	if (base != SOCK_STREAM && base != SOCK_DGRAM)
		return file_fail(EINVAL);
	socket_file_t *made = base == SOCK_STREAM ? tcp_file_make() : udp_file_make();
	if (!made)
		return -1;
	int fd = file_open(&made->file);
	if (fd < 0) {
		made->file.kind->close(&made->file);
		errno = EMFILE;
	}
	return fd;
}

int bind(int fd, const struct sockaddr *address, socklen_t length)
{
	socket_file_t *socket = get(fd);
	ip_addr_t ip;
	uint16_t port;
	if (!socket || !from_sockaddr(address, length, &ip, &port))
		return -1;
	return socket->kind->bind(socket, &ip, port);
}

int connect(int fd, const struct sockaddr *address, socklen_t length)
{
	socket_file_t *socket = get(fd);
	ip_addr_t ip;
	uint16_t port;
	if (!socket || !from_sockaddr(address, length, &ip, &port))
		return -1;
	return socket->kind->connect(socket, &ip, port);
}

int listen(int fd, int backlog)
{
	socket_file_t *socket = get(fd);
	return socket ? socket->kind->listen(socket, backlog) : -1;
}

int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags)
{
	socket_file_t *socket = get(fd);
	ip_addr_t ip;
	uint16_t port;
	(void)flags;
	int accepted = socket ? socket->kind->accept(socket, &ip, &port) : -1;
	if (accepted >= 0)
		to_sockaddr(address, length, &ip, port);
	return accepted;
}

ssize_t recvfrom(int fd, void *buffer, size_t length, int flags, struct sockaddr *from, socklen_t *from_length)
{
	socket_file_t *socket = get(fd);
	ip_addr_t ip;
	uint16_t port = 0;
	if (!socket)
		return -1;
	ip_addr_set_any(false, &ip);
	ssize_t count = socket->kind->receive(socket, buffer, length, flags & MSG_PEEK, &ip, &port);
	if (count >= 0)
		to_sockaddr(from, from_length, &ip, port);
	return count;
}

ssize_t recv(int fd, void *buffer, size_t length, int flags)
{
	return recvfrom(fd, buffer, length, flags, NULL, NULL);
}

ssize_t sendto(int fd, const void *buffer, size_t length, int flags, const struct sockaddr *to, socklen_t to_length)
{
	socket_file_t *socket = get(fd);
	ip_addr_t ip;
	uint16_t port = 0;
	(void)flags;
	if (!socket || (to && !from_sockaddr(to, to_length, &ip, &port)))
		return -1;
	return socket->kind->send(socket, buffer, length, to ? &ip : NULL, port);
}

ssize_t send(int fd, const void *buffer, size_t length, int flags)
{
	return sendto(fd, buffer, length, flags, NULL, 0);
}

int getsockname(int fd, struct sockaddr *address, socklen_t *length)
{
	socket_file_t *socket = get(fd);
	ip_addr_t ip;
	uint16_t port;
	if (!socket || socket->kind->local(socket, &ip, &port) < 0)
		return -1;
	to_sockaddr(address, length, &ip, port);
	return 0;
}

int getsockopt(int fd, int level, int name, void *value, socklen_t *length)
{
	socket_file_t *socket = get(fd);
	if (!socket)
		return -1;
	if (level != SOL_SOCKET || name != SO_ERROR || *length < sizeof(int))
		return file_fail(ENOPROTOOPT);
	*(int *)value = socket->kind->error(socket);
	*length = sizeof(int);
	return 0;
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t length)
{
	socket_file_t *socket = get(fd);
	return socket ? socket->kind->set(socket, level, name, value, length) : -1;
}
