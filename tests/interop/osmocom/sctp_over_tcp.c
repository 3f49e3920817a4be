/* SCTP where the kernel has none: loaded before a program, it carries its associations over TCP.
 *
 * A message is its length in four octets, most significant first, then itself. Streams and payload protocols do
 * not travel: one association carries one protocol here. Of several addresses the first counts.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <linux/sctp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST_DESCRIPTORS = 4096, HEAD = 4, PATIENCE_MS = 5000 };

static uint8_t carried[MOST_DESCRIPTORS];

static int is_carried(int fd)
{
	return fd >= 0 && fd < MOST_DESCRIPTORS && carried[fd];
}

static void carry(int fd, int yes)
{
	if (fd >= 0 && fd < MOST_DESCRIPTORS)
		carried[fd] = yes;
}

/* The C library's own function of this name. */
static void *real(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

int socket(int domain, int type, int protocol)
{
	int (*next)(int, int, int) = real("socket");
	int flags = type & (SOCK_NONBLOCK | SOCK_CLOEXEC), at_once = 1, fd;

	if (protocol != IPPROTO_SCTP)
		return next(domain, type, protocol);
	fd = next(domain, SOCK_STREAM | flags, IPPROTO_TCP);
	if (fd >= 0) {
		carry(fd, 1);
		((int (*)(int, int, int, const void *, socklen_t))real("setsockopt"))(
			fd, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
	}
	return fd;
}

int accept(int fd, struct sockaddr *from, socklen_t *length)
{
	int (*next)(int, struct sockaddr *, socklen_t *) = real("accept");
	int made = next(fd, from, length);

	if (made >= 0)
		carry(made, is_carried(fd));
	return made;
}

int close(int fd)
{
	int (*next)(int) = real("close");

	carry(fd, 0);
	return next(fd);
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t length)
{
	int (*next)(int, int, int, const void *, socklen_t) = real("setsockopt");

	return level == IPPROTO_SCTP ? 0 : next(fd, level, name, value, length);
}

int getsockopt(int fd, int level, int name, void *value, socklen_t *length)
{
	int (*next)(int, int, int, void *, socklen_t *) = real("getsockopt");

	if (level != IPPROTO_SCTP)
		return next(fd, level, name, value, length);
	if (value && length)
		memset(value, 0, *length);
	return 0;
}

static socklen_t length_of(const struct sockaddr *address)
{
	return address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}

int sctp_bindx(int fd, struct sockaddr *addresses, int count, int flags)
{
	return count > 0 && flags >= 0 ? bind(fd, addresses, length_of(addresses)) : 0;
}

int sctp_connectx(int fd, struct sockaddr *addresses, int count, sctp_assoc_t *id)
{
	if (id)
		*id = 1;
	return count > 0 ? connect(fd, addresses, length_of(addresses)) : 0;
}

static int wait_for(int fd, short what)
{
	struct pollfd one = { .fd = fd, .events = what };

	return poll(&one, 1, PATIENCE_MS) == 1;
}

/* All of it; 0 at the end of the connection; -1 with EAGAIN only where nothing of a message came yet. */
static int read_all(int fd, uint8_t *to, size_t length, int is_begun)
{
	size_t have = 0;

	while (have < length) {
		ssize_t got = recv(fd, to + have, length - have, 0);

		if (got > 0)
			have += got;
		else if (got == 0)
			return 0;
		else if (errno == EAGAIN && !is_begun && !have)
			return -1;
		else if (errno != EINTR && (errno != EAGAIN || !wait_for(fd, POLLIN)))
			return -1;
	}
	return 1;
}

int sctp_recvmsg(int fd, void *message, size_t room, struct sockaddr *from, socklen_t *from_length,
		 struct sctp_sndrcvinfo *info, int *flags)
{
	uint8_t head[HEAD];
	uint32_t length;
	int state = read_all(fd, head, HEAD, 0);

	if (state <= 0)
		return state;
	memcpy(&length, head, HEAD);
	length = ntohl(length);
	if (length > room) {
		errno = EMSGSIZE;
		return -1;
	}
	state = read_all(fd, message, length, 1);
	if (state <= 0)
		return state;
	if (from && from_length)
		getpeername(fd, from, from_length);
	if (info)
		memset(info, 0, sizeof *info);
	if (flags)
		*flags = MSG_EOR;
	return length;
}

static int write_all(int fd, const uint8_t *octets, size_t length)
{
	while (length) {
		ssize_t sent = send(fd, octets, length, MSG_NOSIGNAL);

		if (sent > 0) {
			octets += sent;
			length -= sent;
		} else if (errno != EINTR && (errno != EAGAIN || !wait_for(fd, POLLOUT))) {
			return 0;
		}
	}
	return 1;
}

int sctp_send(int fd, const void *message, size_t length, const struct sctp_sndrcvinfo *info, int flags)
{
	uint32_t head = htonl(length);

	(void)info;
	(void)flags;
	if (!write_all(fd, (const uint8_t *)&head, HEAD) || !write_all(fd, message, length))
		return -1;
	return length;
}
