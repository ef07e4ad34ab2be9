/* SPDX-License-Identifier: Apache-2.0 */
/*
 * swaccel-stress SECONDS PROCESSES FOLDER: processes that open queues of any
 * device in /sys/class/uacce (FOLDER), keep them busy, and are killed at any
 * moment. Devices may come and go meanwhile. Ends with one line of counts;
 * exit status 1 when a completion was wrong or late.
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "swclient.h"

#define MAX_PROCESSES	64
#define MAX_NODES	64
#define BUFFER		(4u << 20)
#define LATE_MS		120000

struct counts {
	unsigned long opened;
	unsigned long completed;
	unsigned long killed;
	unsigned long removed;
	unsigned long wrong;
};

static struct counts *counts;
static const char *folder;

static void count(unsigned long *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

static int pick_node(char *path, size_t size)
{
	char names[MAX_NODES][64];
	struct dirent *entry;
	DIR *directory = opendir(folder);
	int found = 0;

	if (!directory)
		return -1;
	while ((entry = readdir(directory)) && found < MAX_NODES)
		if (entry->d_name[0] != '.')
			snprintf(names[found++], sizeof(names[0]), "%.63s",
				 entry->d_name);
	closedir(directory);
	if (!found)
		return -1;
	snprintf(path, size, "/dev/%s", names[rand() % found]);
	return 0;
}

static unsigned char operation_for(const char *node)
{
	static const unsigned char zip[] = {
		SWACCEL_ZLIB_COMPRESS, SWACCEL_GZIP_COMPRESS,
		SWACCEL_DEFLATE_DECOMPRESS,
	};

	if (strstr(node, "sw_zip"))
		return zip[rand() % 3];
	if (strstr(node, "sw_sec"))
		return rand() % 2 ? SWACCEL_SHA256 : SWACCEL_SHA512;
	return rand() % 2 ? SWACCEL_MEMMOVE : SWACCEL_CRC32C;
}

static struct swaccel_descriptor describe(const char *node,
					  unsigned char *buffer)
{
	struct swaccel_descriptor descriptor = {
		.operation = operation_for(node),
		.source = (uintptr_t)buffer,
		.source_length = (uint32_t)rand() % (BUFFER / 2),
	};

	if (descriptor.operation == SWACCEL_CRC32C)
		return descriptor;
	descriptor.destination = (uintptr_t)buffer + BUFFER / 2;
	descriptor.destination_length = BUFFER / 2;
	/* Now and then memory that is not there. */
	if (rand() % 8 == 0)
		descriptor.destination = 16;
	return descriptor;
}

/* Return: 0, or the error that ends the use of this queue. */
static int fill(struct swclient_queue *queue, const char *node,
		unsigned char *buffer)
{
	struct swaccel_descriptor descriptor;
	int i, ret;

	for (i = 0; i < 8; i++) {
		descriptor = describe(node, buffer);
		descriptor.cookie = (uint64_t)i;
		ret = swclient_submit(queue, &descriptor);
		if (ret)
			return ret;
	}
	return 0;
}

static int drain(struct swclient_queue *queue)
{
	struct swaccel_completion completion;
	int i, ret;

	for (i = 0; i < 8; i++) {
		ret = swclient_wait(queue, LATE_MS, &completion);
		if (ret)
			return ret;
		/* In order, and each once. */
		if (completion.cookie != (uint64_t)i)
			return -EBADMSG;
		count(&counts->completed);
	}
	return 0;
}

static void use(const char *node, unsigned char *buffer)
{
	struct swclient_queue *queue = swclient_open(node);
	int round, ret = 0;

	if (!queue)
		return;
	count(&counts->opened);
	for (round = rand() % 4; !ret && round >= 0; round--) {
		ret = fill(queue, node, buffer);
		/* Sometimes it is closed with work outstanding. */
		if (!ret && rand() % 4)
			ret = drain(queue);
		else
			break;
	}
	swclient_close(queue);
	if (ret == -ENODEV) {
		count(&counts->removed);
	} else if (ret) {
		fprintf(stderr, "swaccel-stress: %s: %s\n", node,
			ret == -EBADMSG ? "out of order" : swclient_error());
		count(&counts->wrong);
	}
}

static void work(unsigned int seed)
{
	unsigned char *buffer;
	char node[80];

	srand(seed);
	for (;;) {
		/* Fresh memory, faulted in by whoever comes first. */
		buffer = mmap(NULL, BUFFER, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (buffer == MAP_FAILED)
			exit(1);
		if (!pick_node(node, sizeof(node)))
			use(node, buffer);
		else
			usleep(1000);
		munmap(buffer, BUFFER);
	}
}

static pid_t start(unsigned int seed)
{
	pid_t child = fork();

	if (!child) {
		work(seed);
		_exit(0);
	}
	return child;
}

static void run(long seconds, int processes)
{
	pid_t children[MAX_PROCESSES];
	time_t end = time(NULL) + seconds;
	unsigned int seed = (unsigned int)getpid();
	int i;

	for (i = 0; i < processes; i++)
		children[i] = start(seed++);
	while (time(NULL) < end) {
		usleep(20000 + (useconds_t)rand() % 200000);
		i = rand() % processes;
		kill(children[i], SIGKILL);
		waitpid(children[i], NULL, 0);
		count(&counts->killed);
		children[i] = start(seed++);
	}
	for (i = 0; i < processes; i++)
		kill(children[i], SIGKILL);
	while (wait(NULL) > 0)
		;
}

int main(int argc, char **argv)
{
	long seconds = argc > 2 ? atol(argv[1]) : 0;
	int processes = argc > 2 ? atoi(argv[2]) : 0;

	if (argc != 4 || seconds < 1 || processes < 1 ||
	    processes > MAX_PROCESSES) {
		fprintf(stderr,
			"Usage: swaccel-stress SECONDS PROCESSES FOLDER\n");
		return 2;
	}
	folder = argv[3];
	counts = mmap(NULL, sizeof(*counts), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (counts == MAP_FAILED)
		return 1;
	run(seconds, processes);
	printf("opened %lu completed %lu killed %lu removed %lu wrong %lu\n",
	       counts->opened, counts->completed, counts->killed,
	       counts->removed, counts->wrong);
	return counts->wrong ? 1 : 0;
}
