/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hisi-fuzz SECONDS SEED FOLDER: descriptors, lists, ioctls and doorbells of
 * any content on the hisi_* devices in /sys/class/uacce (FOLDER), by processes
 * that fork, unmap and die in the middle. What the devices answer is not
 * looked at: the kernel's log says whether something is wrong. The last
 * process runs to its end; exit status 1 when nothing was executed.
 */
#include <dirent.h>
#include <fcntl.h>
#include <misc/uacce/uacce.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "hisi.h"

#define ARENA		(1u << 20)
#define GUARD		(1u << 20)
#define ROUNDS		400

struct shared {
	unsigned long submitted;
	unsigned long done;
	unsigned long processes;
};

static struct shared *shared;
static const char *folder;
static unsigned char *arena;

static void count(unsigned long *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

static uint64_t any(void)
{
	return (uint64_t)rand() << 42 ^ (uint64_t)rand() << 21 ^
	       (uint64_t)rand();
}

static int one_in(int n)
{
	return rand() % n == 0;
}

static uint64_t any_address(void)
{
	switch (rand() % 12) {
	case 0:
		return 0;
	case 1:
		return any();
	case 2:
		return ~0ull - (uint64_t)rand() % 4096;
	case 3:
		return 0xffff888000000000ull + (any() & 0xffffff);
	case 4:
		/* Code, which cannot be written. */
		return (uintptr_t)any_address;
	default:
		return (uintptr_t)arena + (uint64_t)rand() % ARENA;
	}
}

static uint32_t any_length(void)
{
	switch (rand() % 8) {
	case 0:
		return 0;
	case 1:
		return (uint32_t)any();
	case 2:
		return 0xffffff;
	default:
		return (uint32_t)rand() % 70000;
	}
}

/* Tables everywhere in the arena, some of which lead back to themselves. */
static void scribble(void)
{
	struct swhisi_sgl *table;
	struct swhisi_sge *entry;
	int i, j;

	for (i = 0; i < 64; i++) {
		table = (void *)(arena + (size_t)(rand() % (ARENA / 64 - 160)) *
				 64);
		table->next = one_in(2) ? any_address() & ~63ull : 0;
		table->entries = (uint16_t)(one_in(8) ? rand() : rand() % 8);
		entry = (void *)(table + 1);
		for (j = 0; j < 8; j++) {
			entry[j].address = any_address();
			entry[j].length = any_length();
		}
	}
}

static void fill_zip(struct swhisi_zip *zip)
{
	zip->length = any_length();
	zip->room = any_length();
	zip->control = (uint32_t)any();
	if (!one_in(8))
		zip->control = (zip->control & 0x0fffffff) | 0x30000000;
	if (one_in(2))
		zip->control &= ~SWHISI_ZIP_SKIP;
	zip->algorithm = one_in(8) ? (uint32_t)any() :
		(uint32_t)(1 + rand() % 3) | (uint32_t)(rand() % 2) << 8;
	zip->source = any_address();
	zip->destination = any_address();
	zip->stream = one_in(4) ? any() : (uint64_t)rand() % 300;
}

static void fill_sec(struct swhisi_sec *sec)
{
	sec->param = (uint32_t)any();
	if (!one_in(8))
		sec->param = (sec->param & ~0x1fu) | SWHISI_SEC_TYPE;
	if (one_in(3))
		sec->mac &= ~3u;
	if (one_in(3))
		sec->cipher &= (uint16_t)~3u;
	if (one_in(2))
		sec->mac = (sec->mac & ~(0x3fu << 15)) |
			   (uint32_t)(rand() % 6) << 15;
	if (!one_in(4))
		sec->mode = (uint8_t)(SWHISI_SEC_AES << 4 | rand() % 8);
	sec->source = any_address();
	sec->destination = any_address();
	sec->result = any_address();
	sec->start = any_address();
	sec->key = any_address();
	sec->mac_key = any_address();
	sec->mac_start = any_address();
	sec->mac_length = any_length();
	sec->cipher_length = any_length();
	sec->total = one_in(2) ? any() : (uint64_t)(rand() % 4096) * 512;
}

static void fill(unsigned char *descriptor, int is_zip)
{
	int i;

	for (i = 0; i < HISI_DESCRIPTOR; i++)
		descriptor[i] = (unsigned char)rand();
	if (one_in(16))
		return;
	if (is_zip)
		fill_zip((void *)descriptor);
	else
		fill_sec((void *)descriptor);
}

static void any_ioctl(int file)
{
	static const unsigned long commands[] = {
		SWHISI_CMD_SET_QP_CTX, SWHISI_CMD_SET_QP_INFO,
		UACCE_CMD_START_Q, UACCE_CMD_PUT_Q, 0, 0x4800,
	};
	unsigned long command = commands[rand() % 6];

	if (one_in(8))
		command = (unsigned long)any();
	/* Queues end by it, and then the rest of the process has nothing. */
	if (command == UACCE_CMD_PUT_Q && !one_in(16))
		return;
	ioctl(file, command, any_address());
}

/* Another thread rings, changes descriptors, and unmaps what is used. */
static void *disturb(void *argument)
{
	struct hisi_queue *queue = argument;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		if (one_in(200))
			hisi_store(queue, SWHISI_DOORBELL, any());
		else if (one_in(20))
			madvise(arena + (size_t)(rand() % 200) * 4096, 4096,
				MADV_DONTNEED);
		else
			any_ioctl(hisi_file(queue));
		scribble();
		sched_yield();
	}
	return NULL;
}

static void never_started(const char *node)
{
	int file = open(node, O_RDWR | O_CLOEXEC);
	void *memory;

	memory = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (memory != MAP_FAILED)
		mremap(memory, 8192, 4096, MREMAP_MAYMOVE);
	any_ioctl(file);
	ioctl(file, UACCE_CMD_START_Q);
	close(file);
}

static void use(const char *node, struct hisi_queue *queue)
{
	unsigned char descriptor[HISI_DESCRIPTOR];
	int is_zip = strstr(node, "hisi_zip") != NULL, i;

	for (i = 0; i < ROUNDS; i++) {
		fill(descriptor, is_zip);
		scribble();
		if (hisi_submit(queue, descriptor))
			break;
		count(&shared->submitted);
		if (one_in(100) && !fork())
			_exit(0);
		if (one_in(4))
			continue;
		if (hisi_wait(queue, 5000, descriptor))
			break;
		count(&shared->done);
	}
}

static void work(const char *node)
{
	struct hisi_queue *queue;
	pthread_t thread;
	int disturbed;

	/* What is written beyond the arena must not reach what lies there. */
	arena = mmap(NULL, ARENA + GUARD, PROT_NONE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (arena == MAP_FAILED ||
	    mprotect(arena, ARENA, PROT_READ | PROT_WRITE))
		_exit(1);
	if (one_in(8))
		never_started(node);
	queue = hisi_open(node, (unsigned int)rand() % 2);
	if (!queue)
		_exit(1);
	disturbed = one_in(2) &&
		    !pthread_create(&thread, NULL, disturb, queue);
	use(node, queue);
	/* In the middle of something, mostly. */
	if (one_in(2))
		_exit(0);
	if (disturbed)
		pthread_join(thread, NULL);
	hisi_close(queue);
	_exit(0);
}

static int pick_node(char *path, size_t size)
{
	struct dirent *entry;
	DIR *directory = opendir(folder);
	int found = 0;

	while (directory && (entry = readdir(directory)))
		if (!strncmp(entry->d_name, "hisi_", 5) && one_in(++found))
			snprintf(path, size, "/dev/%.60s", entry->d_name);
	if (directory)
		closedir(directory);
	return found;
}

/* One process, that is killed at any moment. */
static void run_one(void)
{
	char node[80];
	pid_t child;
	int waited;

	if (!pick_node(node, sizeof(node)))
		return;
	rand();
	child = fork();
	if (!child) {
		srand((unsigned int)rand());
		work(node);
	}
	count(&shared->processes);
	for (waited = rand() % 400; waited; waited--) {
		usleep(5000);
		if (waitpid(child, NULL, WNOHANG) == child)
			return;
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

int main(int argc, char **argv)
{
	time_t end = time(NULL) + (argc > 2 ? atol(argv[1]) : 0);

	if (argc != 4) {
		fprintf(stderr, "Usage: hisi-fuzz SECONDS SEED FOLDER\n");
		return 2;
	}
	signal(SIGCHLD, SIG_DFL);
	srand((unsigned int)atol(argv[2]));
	folder = argv[3];
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return 1;
	do {
		run_one();
	} while (time(NULL) < end);
	printf("submitted %lu done %lu processes %lu\n", shared->submitted,
	       shared->done, shared->processes);
	return !shared->done;
}
