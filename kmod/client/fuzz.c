/* SPDX-License-Identifier: Apache-2.0 */
/*
 * swaccel-fuzz SECONDS SEED FOLDER: descriptors, lists, ioctls, mappings and
 * doorbells on the devices in /sys/class/uacce (FOLDER), by processes that
 * fork, unmap and die in the middle. Descriptors are such as a device accepts,
 * of which half are changed, a field or some; a few are of any content. Results
 * are not looked at: the kernel's log says whether something is wrong. Ends with
 * a line of counts, and one for each kind of descriptor that says how many were
 * accepted as they were; exit status 1 when nothing was executed.
 */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"

#define PAGE		4096
#define GUARD		(1u << 20)

static const char *folder;
struct fuzz_counts *fuzz_counts;
unsigned char *fuzz_arena;

void fuzz_count(unsigned long *counter, unsigned long by)
{
	__atomic_fetch_add(counter, by, __ATOMIC_RELAXED);
}

/*
 * Of each thread. Not rand(), whose lock stays locked in a child that is forked
 * while another thread is in it.
 */
static _Thread_local uint64_t state;

void fuzz_seed(uint64_t seed)
{
	state = seed;
}

int fuzz_rand(void)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (int)(state >> 33);
}

uint64_t fuzz_any(void)
{
	return (uint64_t)fuzz_rand() << 42 ^ (uint64_t)fuzz_rand() << 21 ^
	       (uint64_t)fuzz_rand();
}

int fuzz_one_in(int n)
{
	return fuzz_rand() % n == 0;
}

uint64_t fuzz_address(void)
{
	switch (fuzz_rand() % 12) {
	case 0:
		return 0;
	case 1:
		return fuzz_any();
	case 2:
		return ~0ull - (uint64_t)fuzz_rand() % PAGE;
	case 3:
		return 0xffff888000000000ull + (fuzz_any() & 0xffffff);
	case 4:
		/* Code, which cannot be written. */
		return (uintptr_t)fuzz_address;
	default:
		return (uintptr_t)fuzz_arena + (uint64_t)fuzz_rand() % FUZZ_ARENA;
	}
}

uint32_t fuzz_length(void)
{
	switch (fuzz_rand() % 8) {
	case 0:
		return 0;
	case 1:
		return (uint32_t)fuzz_any();
	case 2:
		return 0xffffff;
	default:
		return (uint32_t)fuzz_rand() % 70000;
	}
}

uint64_t fuzz_place(uint32_t size)
{
	return (uintptr_t)fuzz_arena + (uint64_t)fuzz_rand() %
	       (FUZZ_ARENA - size);
}

/* Of hisi_zip and hisi_sec2. */
static int version_of(const char *node)
{
	char path[300], api[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s/api", folder, node + 5);
	file = fopen(path, "r");
	if (file && !fgets(api, sizeof(api), file))
		api[0] = 0;
	if (file)
		fclose(file);
	return strstr(api, "_v2") ? 2 : 3;
}

/* Of the processes so far. */
static unsigned long rounds;
int fuzz_direction;

/* The node of a number, while there are as many. Return: how many there are. */
static unsigned long find_node(unsigned long number, char *path, size_t size)
{
	struct dirent *entry;
	DIR *directory = opendir(folder);
	unsigned long found = 0;

	while (directory && (entry = readdir(directory)))
		if (entry->d_name[0] != '.' && found++ == number)
			snprintf(path, size, "/dev/%.60s", entry->d_name);
	if (directory)
		closedir(directory);
	return found;
}

/* One after the other, first in one direction, then in the other. */
static int pick_node(char *path, size_t size)
{
	unsigned long count = find_node(0, path, size);

	if (!count)
		return 0;
	fuzz_direction = (int)(rounds / count % 2);
	/* Some may have gone: then it is the first. */
	find_node(rounds++ % count, path, size);
	return 1;
}

/* A mapping that another thread unmapped: the kernel would log the end. */
static void end(int number)
{
	(void)number;
	_exit(3);
}

static void start(const char *node)
{
	signal(SIGSEGV, end);
	signal(SIGBUS, end);
	/* A group, so that children of its own end with it. */
	setpgid(0, 0);
	/* What is written beyond the arena must not reach what lies there. */
	fuzz_arena = mmap(NULL, FUZZ_ARENA + GUARD, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (fuzz_arena == MAP_FAILED ||
	    mprotect(fuzz_arena, FUZZ_ARENA, PROT_READ | PROT_WRITE))
		_exit(1);
	fuzz_work(node, version_of(node));
}

/* One process, that is killed at any moment. */
static void run_one(void)
{
	char node[80];
	pid_t child;
	int waited;

	if (!pick_node(node, sizeof(node))) {
		usleep(1000);
		return;
	}
	fuzz_rand();
	child = fork();
	if (!child)
		start(node);
	fuzz_count(&fuzz_counts->processes, 1);
	for (waited = fuzz_rand() % 400; waited; waited--) {
		usleep(5000);
		if (waitpid(child, NULL, WNOHANG) == child) {
			kill(-child, SIGKILL);
			return;
		}
	}
	fuzz_count(&fuzz_counts->killed, 1);
	kill(child, SIGKILL);
	kill(-child, SIGKILL);
	waitpid(child, NULL, 0);
}

int main(int argc, char **argv)
{
	time_t end_time = time(NULL) + (argc > 2 ? atol(argv[1]) : 0);
	int kind;

	if (argc != 4) {
		fprintf(stderr, "Usage: swaccel-fuzz SECONDS SEED FOLDER\n");
		return 2;
	}
	signal(SIGCHLD, SIG_DFL);
	fuzz_seed((uint64_t)atol(argv[2]));
	/* Several of these at once are not all on the same device. */
	rounds = (unsigned long)atol(argv[2]) * 3;
	folder = argv[3];
	if (fuzz_pack()) {
		fprintf(stderr, "swaccel-fuzz: zlib failed\n");
		return 1;
	}
	fuzz_counts = mmap(NULL, sizeof(*fuzz_counts), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (fuzz_counts == MAP_FAILED)
		return 1;
	do {
		run_one();
	} while (time(NULL) < end_time);
	printf("submitted %lu done %lu processes %lu killed %lu ioctls %lu doorbells %lu\n",
	       fuzz_counts->submitted, fuzz_counts->done, fuzz_counts->processes,
	       fuzz_counts->killed, fuzz_counts->ioctls, fuzz_counts->doorbells);
	for (kind = FUZZ_CHANGED; kind < FUZZ_KINDS; kind++)
		printf("accepted %s %lu\n", fuzz_kind_names[kind],
		       fuzz_counts->accepted[kind]);
	return !fuzz_counts->done;
}
