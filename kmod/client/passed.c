/* SPDX-License-Identifier: Apache-2.0 */
/*
 * swaccel-passed NODE: a queue of a sw_zip device that a child opens, and passes to
 * its parent. What the parent submits works on the memory of the child, as long as
 * there is one. A line for each thing that is not so; exit status 0 when there is
 * none.
 */
#include <errno.h>
#include <fcntl.h>
#include <misc/uacce/uacce.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "expect.h"
#include "internal.h"

#define PAGE	4096
#define SIZE	64

/* At the same addresses in both processes, with contents of their own. */
static unsigned char source[SIZE];
static unsigned char destination[PAGE];

static void send_file(int socket, int file)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec data = { .iov_base = "", .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &file, sizeof(int));
	expect("send", sendmsg(socket, &message, 0), 1);
}

static int receive_file(int socket)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	char byte;
	struct iovec data = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	int file = -1;

	if (recvmsg(socket, &message, 0) == 1 && CMSG_FIRSTHDR(&message))
		memcpy(&file, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(int));
	return file;
}

/* Opens, passes, and sees what the parent's work has done here. */
static void open_for_the_parent(const char *node, int socket)
{
	char byte;

	memset(source, 'c', sizeof(source));
	send_file(socket, open(node, O_RDWR));
	/* Until the parent is done; the first byte of zlib's header. */
	if (read(socket, &byte, 1) == 1)
		expect("written to the opener", destination[0], 0x78);
	fflush(stdout);
	_exit(failures);
}

/* Return: the status of one descriptor, or -1 when none comes within 20 seconds. */
static long run(unsigned char *memory, unsigned char *doorbell,
		const struct swaccel_queue_info *info, uint32_t index)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	struct swaccel_descriptor descriptor = {
		.operation = SWACCEL_ZLIB_COMPRESS,
		.source = (uintptr_t)source,
		.source_length = sizeof(source),
		.destination = (uintptr_t)destination,
		.destination_length = sizeof(destination),
	};
	struct swaccel_completion *slot;
	int i;

	slot = (void *)(memory + info->completion_offset +
			(size_t)index * info->completion_size);
	memcpy(memory + (size_t)index * info->descriptor_size, &descriptor,
	       sizeof(descriptor));
	store_doorbell(doorbell + info->doorbell_offset,
		       SWACCEL_DOORBELL(index + 1, index));
	for (i = 0; i < 20000; i++) {
		if (__atomic_load_n(&slot->phase, __ATOMIC_ACQUIRE))
			return slot->status;
		nanosleep(&pause, NULL);
	}
	return -1;
}

int main(int argc, char **argv)
{
	struct swaccel_queue_info info = { 0 };
	unsigned char *memory, *doorbell;
	int sockets[2], file, status = 0;
	pid_t child;
	size_t size;

	if (argc != 2 || socketpair(AF_UNIX, SOCK_STREAM, 0, sockets)) {
		fprintf(stderr, "Usage: swaccel-passed NODE\n");
		return 2;
	}
	child = fork();
	if (!child)
		open_for_the_parent(argv[1], sockets[1]);
	file = receive_file(sockets[0]);
	expect("information", ioctl(file, SWACCEL_CMD_QUEUE_INFO, &info), 0);
	size = (info.state_offset + PAGE) & ~(size_t)(PAGE - 1);
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, PAGE);
	doorbell = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	expect("start", ioctl(file, UACCE_CMD_START_Q), 0);
	if (failures)
		return 1;
	expect("with its opener", run(memory, doorbell, &info, 0), SWACCEL_OK);
	expect("written here", destination[0], 0);
	expect("tell the opener", write(sockets[0], "", 1), 1);
	waitpid(child, &status, 0);
	expect("the opener", status, 0);
	expect("after its end", run(memory, doorbell, &info, 1),
	       SWACCEL_NO_ADDRESS_SPACE);
	return failures ? 1 : 0;
}
