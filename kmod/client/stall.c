/* SPDX-License-Identifier: Apache-2.0 */
/*
 * swaccel-stall NODE descriptor|ioctl|userfaultfd: asks a sw_dma device for a
 * page that never comes: it is mapped from a FUSE file system whose server, a
 * process that outlives this one, takes the request to read it and does not
 * answer; a descriptor names it, or it is the argument of an ioctl. With
 * userfaultfd it is this process that does not serve it. Prints "waiting SERVER"
 * when it is asked for, and goes on waiting.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <linux/userfaultfd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "swclient.h"

#define FOLDER	"/tmp/stall"
#define FILE_ID	2
#define SIZE	4096u

static unsigned char request[FUSE_MIN_READ_BUFFER + 65536];

static void fail(const char *what)
{
	fprintf(stderr, "swaccel-stall: %s: %s\n", what, strerror(errno));
	exit(1);
}

static struct fuse_attr attributes(uint64_t id)
{
	return (struct fuse_attr){
		.ino = id,
		.size = SIZE,
		.mode = id == FILE_ID ? S_IFREG | 0600 : S_IFDIR | 0700,
		.nlink = 1,
		.blksize = SIZE,
	};
}

static void answer(int fuse, const void *body, size_t size)
{
	const struct fuse_in_header *in = (const void *)request;
	unsigned char whole[256];
	struct fuse_out_header *out = (void *)whole;

	out->len = (uint32_t)(sizeof(*out) + size);
	out->error = body ? 0 : -ENOSYS;
	out->unique = in->unique;
	if (body)
		memcpy(out + 1, body, size);
	if (write(fuse, whole, out->len) < 0 && errno != ENOENT)
		fail("answer");
}

static void answer_one(int fuse)
{
	const struct fuse_in_header *in = (const void *)request;
	struct fuse_init_out init = {
		.major = FUSE_KERNEL_VERSION,
		.minor = FUSE_KERNEL_MINOR_VERSION,
		.max_write = SIZE,
	};
	struct fuse_entry_out entry = {
		.nodeid = FILE_ID, .attr = attributes(FILE_ID),
	};
	struct fuse_attr_out attr = { .attr = attributes(in->nodeid) };
	struct fuse_open_out opened = { .fh = 1 };

	switch (in->opcode) {
	case FUSE_INIT:
		answer(fuse, &init, sizeof(init));
		break;
	case FUSE_LOOKUP:
		answer(fuse, &entry, sizeof(entry));
		break;
	case FUSE_GETATTR:
		answer(fuse, &attr, sizeof(attr));
		break;
	case FUSE_OPEN:
		answer(fuse, &opened, sizeof(opened));
		break;
	case FUSE_READ:
		printf("waiting %d\n", (int)getpid());
		fflush(stdout);
		break;
	case FUSE_INTERRUPT:
	case FUSE_FORGET:
	case FUSE_RELEASE:
		break;
	default:
		answer(fuse, NULL, 0);
	}
}

/* Ends with the file system only. */
static void serve(int fuse)
{
	signal(SIGHUP, SIG_IGN);
	while (read(fuse, request, sizeof(request)) > 0)
		answer_one(fuse);
	exit(0);
}

/* Writing makes it a copy, which needs the page all the same. */
static void *map_page(void)
{
	char options[64];
	int fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC), file;
	void *page;

	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=40000,user_id=0,group_id=0", fuse);
	mkdir(FOLDER, 0700);
	if (fuse < 0 || mount("stall", FOLDER, "fuse", 0, options))
		fail("mount");
	if (!fork())
		serve(fuse);
	close(fuse);
	file = open(FOLDER "/page", O_RDONLY);
	if (file < 0)
		fail("open");
	page = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
	/* Read ahead, it would be asked for by nobody who waits. */
	if (page == MAP_FAILED || madvise(page, SIZE, MADV_RANDOM))
		fail("mmap");
	return page;
}

static void submit(const char *node, void *page)
{
	static unsigned char destination[SIZE];
	const struct swaccel_descriptor descriptor = {
		.operation = SWACCEL_MEMMOVE,
		.source = (uintptr_t)page,
		.source_length = SIZE,
		.destination = (uintptr_t)destination,
		.destination_length = SIZE,
	};
	struct swclient_queue *queue = swclient_open(node);

	if (!queue || swclient_submit(queue, &descriptor)) {
		fprintf(stderr, "swaccel-stall: %s\n", swclient_error());
		exit(1);
	}
}

/* Return: the file that tells what is asked for. */
static int serve_by_file(void **page)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range.len = SIZE,
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	int file = (int)syscall(SYS_userfaultfd, O_CLOEXEC);

	*page = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	range.range.start = (uintptr_t)*page;
	if (file < 0 || *page == MAP_FAILED || ioctl(file, UFFDIO_API, &api) ||
	    ioctl(file, UFFDIO_REGISTER, &range))
		fail("userfaultfd");
	return file;
}

static void wait_for_fault(int file)
{
	struct uffd_msg message;

	if (read(file, &message, sizeof(message)) != sizeof(message))
		fail("read");
	printf("waiting %d\n", (int)getpid());
	fflush(stdout);
}

int main(int argc, char **argv)
{
	void *page;
	int file;

	if (argc != 3) {
		fprintf(stderr,
			"Usage: swaccel-stall NODE descriptor|ioctl|userfaultfd\n");
		return 2;
	}
	if (!strcmp(argv[2], "userfaultfd")) {
		file = serve_by_file(&page);
		submit(argv[1], page);
		wait_for_fault(file);
	} else if (!strcmp(argv[2], "descriptor")) {
		submit(argv[1], map_page());
	} else {
		page = map_page();
		file = open(argv[1], O_RDWR);
		ioctl(file, SWACCEL_CMD_QUEUE_INFO, page);
	}
	for (;;)
		pause();
}
