/* SPDX-License-Identifier: Apache-2.0 */
/*
 * swaccel-abuse NODE: everything that a program can do wrong with a queue of
 * a sw_zip device. A line for each case that does not end as it should; exit
 * status 0 when there is none.
 */
#include <errno.h>
#include <fcntl.h>
#include <misc/uacce/uacce.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "expect.h"
#include "guard.h"
#include "internal.h"
#include "swclient.h"

#define TIMEOUT_MS	20000
#define PAGE		4096

static const char *node;

static unsigned char source[PAGE * 4];
static unsigned char destination[PAGE * 8];

static struct swaccel_descriptor good(void)
{
	return (struct swaccel_descriptor){
		.operation = SWACCEL_ZLIB_COMPRESS,
		.cookie = 0x1122334455667788,
		.source = (uintptr_t)source,
		.source_length = sizeof(source),
		.destination = (uintptr_t)destination,
		.destination_length = sizeof(destination),
	};
}

static struct swaccel_completion result;

static void expect_status(struct swclient_queue *queue, const char *what,
			  struct swaccel_descriptor descriptor,
			  uint32_t wanted)
{
	int ret = swclient_execute(queue, &descriptor, TIMEOUT_MS, &result);

	expect(what, ret, 0);
	expect(what, result.status, wanted);
	expect(what, result.cookie == descriptor.cookie, 1);
	if (wanted)
		expect(what, result.produced, 0);
}

#define CASE(queue, what, change, wanted)				\
	do {								\
		struct swaccel_descriptor d = good();			\
									\
		change;							\
		expect_status(queue, what, d, wanted);			\
	} while (0)

static void test_fields(struct swclient_queue *queue)
{
	CASE(queue, "a good one", (void)d, SWACCEL_OK);
	CASE(queue, "operation 0", d.operation = 0, SWACCEL_BAD_DESCRIPTOR);
	CASE(queue, "operation 255", d.operation = 255,
	     SWACCEL_BAD_DESCRIPTOR);
	CASE(queue, "operation of another engine",
	     d.operation = SWACCEL_SHA256, SWACCEL_BAD_DESCRIPTOR);
	CASE(queue, "flags", d.flags = 1, SWACCEL_BAD_DESCRIPTOR);
	CASE(queue, "reserved", d.reserved[2] = 1, SWACCEL_BAD_DESCRIPTOR);
	CASE(queue, "stray seed", d.seed = 1, SWACCEL_BAD_DESCRIPTOR);
	CASE(queue, "stray key", d.key = 1, SWACCEL_BAD_DESCRIPTOR);
	CASE(queue, "level 10", d.level = 10, SWACCEL_BAD_DESCRIPTOR);
	CASE(queue, "long source", d.source_length = SWACCEL_MAX_LENGTH + 1,
	     SWACCEL_BAD_DESCRIPTOR);
	CASE(queue, "long destination", d.destination_length = ~0u,
	     SWACCEL_BAD_DESCRIPTOR);
	CASE(queue, "nothing to compress", d.source_length = 0, SWACCEL_OK);
}

static void test_addresses(struct swclient_queue *queue)
{
	void *constant = mmap(NULL, PAGE, PROT_READ,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CASE(queue, "source NULL", d.source = 0, SWACCEL_BAD_ADDRESS);
	CASE(queue, "destination NULL", d.destination = 0,
	     SWACCEL_BAD_ADDRESS);
	CASE(queue, "kernel source", d.source = 0xffffffff81000000,
	     SWACCEL_BAD_ADDRESS);
	CASE(queue, "kernel destination", d.destination = 0xffffffff81000000,
	     SWACCEL_BAD_ADDRESS);
	CASE(queue, "not canonical", d.source = 0x8000000000000000,
	     SWACCEL_BAD_ADDRESS);
	CASE(queue, "source wraps", d.source = -(uint64_t)PAGE,
	     SWACCEL_BAD_ADDRESS);
	CASE(queue, "read-only destination",
	     d.destination = (uintptr_t)constant, SWACCEL_BAD_ADDRESS);
	CASE(queue, "beyond the program",
	     (d.source = (uintptr_t)constant, d.source_length = 1u << 30),
	     SWACCEL_BAD_ADDRESS);
	CASE(queue, "no room", d.destination_length = 8, SWACCEL_NO_ROOM);
	CASE(queue, "no room for the trailer", d.destination_length = 2,
	     SWACCEL_NO_ROOM);
	munmap(constant, PAGE);
}

static void test_data(struct swclient_queue *queue)
{
	unsigned char packed[sizeof(destination)];
	uint32_t size;

	CASE(queue, "compress",
	     (d.destination = (uintptr_t)packed,
	      d.destination_length = sizeof(packed)), SWACCEL_OK);
	size = result.produced;
#define UNPACK(what, change, wanted)					\
	CASE(queue, what,						\
	     (d.operation = SWACCEL_ZLIB_DECOMPRESS,			\
	      d.source = (uintptr_t)packed, d.source_length = size,	\
	      change), wanted)
	UNPACK("decompress", (void)d, SWACCEL_OK);
	expect("all of it", result.produced, sizeof(source));
	UNPACK("exact room", d.destination_length = sizeof(source),
	       SWACCEL_OK);
	UNPACK("a byte short", d.destination_length = sizeof(source) - 1,
	       SWACCEL_NO_ROOM);
	UNPACK("truncated", d.source_length = size - 5, SWACCEL_BAD_DATA);
	UNPACK("truncated trailer", d.source_length = size - 1,
	       SWACCEL_BAD_DATA);
	UNPACK("as gzip", d.operation = SWACCEL_GZIP_DECOMPRESS,
	       SWACCEL_BAD_DATA);
	UNPACK("empty", d.source_length = 0, SWACCEL_BAD_DATA);
	packed[size - 1] ^= 1;
	UNPACK("wrong checksum", (void)d, SWACCEL_BAD_CHECKSUM);
	packed[2] = 0xff;
	UNPACK("damaged", (void)d, SWACCEL_BAD_DATA);
}

static uint64_t noise(void)
{
	static uint64_t state = 88172645463325252u;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

#define ARENA_PAGES	64

/* Memory that may be written over, with nothing behind it. */
static unsigned char *arena;

static void make_arena(void)
{
	size_t size = ARENA_PAGES * PAGE;

	arena = mmap(NULL, size + PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	mprotect(arena + size, PAGE, PROT_NONE);
	memcpy(arena, source, sizeof(source));
}

static uint64_t noisy_address(void)
{
	const uint64_t known[] = {
		0, 1, (uintptr_t)arena, (uintptr_t)arena + PAGE - 1,
		(uintptr_t)arena + ARENA_PAGES / 2 * PAGE, 0x7ffffffff000,
		noise() | 1ull << 63, 0xffff888000000000,
	};

	return known[noise() % 8];
}

static uint32_t noisy_length(void)
{
	const uint32_t known[] = {
		0, 1, 7, PAGE, sizeof(source), SWACCEL_MAX_LENGTH, ~0u,
		(uint32_t)noise(),
	};

	return known[noise() % 8];
}

/* Whatever a descriptor says, it comes back with some status. */
static void test_noise(struct swclient_queue *queue)
{
	struct swaccel_descriptor descriptor;
	int i, ret;

	make_arena();
	for (i = 0; i < 2000; i++) {
		descriptor = (struct swaccel_descriptor){
			.operation = (uint8_t)(noise() % 40),
			.level = (uint8_t)(noise() % 12),
			.cookie = noise(),
			.source = noisy_address(),
			.destination = noisy_address(),
			.source_length = noisy_length(),
			.destination_length = noisy_length(),
			.flags = noise() % 16 == 0,
			.seed = noise() % 16 == 0,
		};
		ret = swclient_execute(queue, &descriptor, TIMEOUT_MS,
				       &result);
		expect("noise", ret, 0);
		expect("cookie of noise", result.cookie == descriptor.cookie,
		       1);
		if (ret)
			return;
	}
}

/* Damage anywhere in a stream neither hangs nor oversteps the room. */
static void test_damage(struct swclient_queue *queue)
{
	unsigned char packed[sizeof(destination)];
	unsigned char plain[sizeof(source) + 1];
	uint32_t size, at;
	int i;

	CASE(queue, "compress",
	     (d.operation = SWACCEL_GZIP_COMPRESS,
	      d.destination = (uintptr_t)packed,
	      d.destination_length = sizeof(packed)), SWACCEL_OK);
	size = result.produced;
	plain[sizeof(source)] = 0x5a;
	for (i = 0; i < 500 && size; i++) {
		struct swaccel_descriptor d = good();

		at = (uint32_t)noise() % size;
		packed[at] ^= 1 << noise() % 8;
		d.operation = SWACCEL_GZIP_DECOMPRESS;
		d.source = (uintptr_t)packed;
		d.source_length = size - (uint32_t)noise() % 8;
		d.destination = (uintptr_t)plain;
		d.destination_length = sizeof(source);
		expect("damage", swclient_execute(queue, &d, TIMEOUT_MS,
						  &result), 0);
		expect("beyond the room", plain[sizeof(source)], 0x5a);
	}
}

static void test_mappings(void)
{
	int file = open(node, O_RDWR);
	unsigned char *memory, *doorbell;

	expect("open", file >= 0, 1);
	expect("start before mmap", ioctl(file, UACCE_CMD_START_Q), -1);
	expect("unknown ioctl", ioctl(file, _IO('W', 99)), -1);
	expect("info to NULL", ioctl(file, SWACCEL_CMD_QUEUE_INFO, NULL), -1);
	expect("too long", mmap(NULL, PAGE * 4096, PROT_READ, MAP_SHARED, file,
				PAGE) == MAP_FAILED, 1);
	expect("private", mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, file,
			       PAGE) == MAP_FAILED, 1);
	memory = mmap(NULL, PAGE * 4, PROT_READ | PROT_WRITE, MAP_SHARED, file,
		      PAGE);
	expect("map", memory != MAP_FAILED, 1);
	expect("map again", mmap(NULL, PAGE, PROT_READ, MAP_SHARED, file,
				 PAGE) == MAP_FAILED, 1);
	expect("split", munmap(memory, PAGE), -1);
	expect("protect a part", mprotect(memory, PAGE, PROT_READ), -1);
	expect("move", mremap(memory, PAGE * 4, PAGE * 8,
			      MREMAP_MAYMOVE) == MAP_FAILED, 1);
	madvise(memory, PAGE * 4, MADV_DONTNEED);
	doorbell = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file,
			0);
	expect("map the doorbell", doorbell != MAP_FAILED, 1);
	/* The kernel itself must not get at the doorbell. */
	expect("write from it", write(STDOUT_FILENO, doorbell, 1), -1);
	expect("load from it", *(volatile uint64_t *)doorbell, 0);
	munmap(doorbell, PAGE);
	munmap(memory, PAGE * 4);
	close(file);
}

/* Return: 1 when the instruction raised SIGBUS. */
static int touch(unsigned char *doorbell, int kind)
{
	uint64_t value = 0;

	if (sigsetjmp(guard_enter()->context, 1))
		return 1;
	switch (kind) {
	case 0:
		__atomic_exchange_n((uint64_t *)(void *)doorbell, value,
				    __ATOMIC_SEQ_CST);
		break;
	case 1:
		*(volatile unsigned char *)doorbell = 0;
		break;
	case 2:
		store_doorbell(doorbell + 3, value);
		break;
	case 3:
		store_doorbell(doorbell + 8 + value, 0);
		break;
	}
	guard_leave();
	return 0;
}

/*
 * A store by code that nobody may read. Where the processor keeps that promise
 * (of x86 with protection keys) it raises SIGBUS; elsewhere it is a store as any
 * other. Return: 1 when it is as it should be.
 */
static int touch_from_unreadable_code(unsigned char *doorbell)
{
#if defined(__x86_64__)
	/* mov %rsi,(%rdi); ret */
	static const unsigned char code[] = { 0x48, 0x89, 0x37, 0xc3 };
#else
	/* str x1, [x0]; ret */
	static const uint32_t code[] = { 0xf9000001, 0xd65f03c0 };
#endif
	union {
		void *memory;
		void (*run)(unsigned char *address, uint64_t value);
	} page;
	int pipes[2], readable;

	page.memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memcpy(page.memory, code, sizeof(code));
	__builtin___clear_cache(page.memory, (char *)page.memory + PAGE);
	if (mprotect(page.memory, PAGE, PROT_EXEC) || pipe(pipes))
		return 0;
	readable = write(pipes[1], page.memory, 1) == 1;
	close(pipes[0]);
	close(pipes[1]);
	if (sigsetjmp(guard_enter()->context, 1))
		return !readable;
	page.run(doorbell, 0);
	guard_leave();
	return readable;
}

static void test_instructions(void)
{
	int file = open(node, O_RDWR);
	unsigned char *doorbell = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
				       MAP_SHARED, file, 0);

	expect("exchange", touch(doorbell, 0), 1);
	expect("byte store", touch(doorbell, 1), 1);
	expect("unaligned store", touch(doorbell, 2), 1);
	/* Decoded, and no register: the queue is disabled, the program lives. */
	expect("immediate store", touch(doorbell, 3), 0);
	expect("execute-only code", touch_from_unreadable_code(doorbell), 1);
	munmap(doorbell, PAGE);
	close(file);
}

/* A handler, for the kernel logs a fault that has none. */
static void end(int number)
{
	(void)number;
	_exit(7);
}

static void test_fork(struct swclient_queue *queue)
{
	struct swaccel_descriptor descriptor = good();
	pid_t child = fork();
	int status = 0;

	if (!child) {
		/* The child has no mappings: this ends it. */
		signal(SIGSEGV, end);
		swclient_submit(queue, &descriptor);
		_exit(0);
	}
	waitpid(child, &status, 0);
	expect("the child of a fork", WEXITSTATUS(status), 7);
	CASE(queue, "its parent", (void)d, SWACCEL_OK);
}

static void test_wrong_doorbell(void)
{
	struct swaccel_queue_info info;
	volatile struct swaccel_queue_state *state;
	int file = open(node, O_RDWR);
	unsigned char *memory, *doorbell;
	size_t size;

	ioctl(file, SWACCEL_CMD_QUEUE_INFO, &info);
	size = (info.state_offset + PAGE) & ~(size_t)(PAGE - 1);
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file,
		      PAGE);
	doorbell = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file,
			0);
	state = (void *)(memory + info.state_offset);
	expect("start", ioctl(file, UACCE_CMD_START_Q), 0);
	expect("good so far", state->disabled, 0);
	*(volatile uint64_t *)doorbell = info.depth;
	expect("index out of range", state->disabled, 1);
	expect("its reason", state->error, SWACCEL_QUEUE_BAD_DOORBELL);
	munmap(doorbell, PAGE);
	munmap(memory, size);
	close(file);
}

int main(int argc, char **argv)
{
	struct swclient_queue *queue;
	size_t i;

	if (argc != 2) {
		fprintf(stderr, "Usage: swaccel-abuse NODE\n");
		return 2;
	}
	node = argv[1];
	setlinebuf(stdout);
	guard_install();
	for (i = 0; i < sizeof(source); i++)
		source[i] = (unsigned char)(i * i >> 7);
	queue = swclient_open(node);
	if (!queue) {
		fprintf(stderr, "swaccel-abuse: %s\n", swclient_error());
		return 1;
	}
	test_fields(queue);
	test_addresses(queue);
	test_data(queue);
	test_noise(queue);
	test_damage(queue);
	test_fork(queue);
	swclient_close(queue);
	test_mappings();
	test_instructions();
	test_wrong_doorbell();
	return failures ? 1 : 0;
}
