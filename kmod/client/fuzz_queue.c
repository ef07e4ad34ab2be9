/* SPDX-License-Identifier: Apache-2.0 */
/* swaccel-fuzz: what one process does with one queue, and with its memory. */
#include <fcntl.h>
#include <misc/uacce/uacce.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "internal.h"

#define PAGE		4096
#define ROUNDS		400
#define WAIT_MS		100

static void any_ioctl(const struct fuzz_queue *queue)
{
	unsigned long known[] = {
		UACCE_CMD_START_Q, UACCE_CMD_PUT_Q, 0,
		queue->format->commands[0], queue->format->commands[1],
	};
	unsigned long command = known[fuzz_rand() % 5];

	if (fuzz_one_in(8))
		command = (unsigned long)fuzz_any();
	/* Queues end by it, and then the rest of the process has nothing. */
	if (command == UACCE_CMD_PUT_Q && !fuzz_one_in(16))
		return;
	ioctl(queue->file, command, fuzz_address());
	fuzz_count(&fuzz_counts->ioctls, 1);
}

/* A page of the arena: empty, elsewhere, or not to be touched for a while. */
static void change_memory(void)
{
	static const int advice[] = {
		MADV_DONTNEED, MADV_FREE, MADV_HUGEPAGE, MADV_NOHUGEPAGE,
		MADV_COLD, MADV_DONTFORK,
	};
	unsigned char *page = fuzz_arena + (size_t)(fuzz_rand() % 256) * PAGE;
	unsigned char *other = fuzz_arena + (size_t)(fuzz_rand() % 256) * PAGE;

	switch (fuzz_rand() % 4) {
	case 0:
		if (page != other)
			mremap(page, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
			       other);
		/* Nothing is where it was: put something there. */
		mmap(page, PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		break;
	case 1:
		mprotect(page, PAGE, PROT_READ);
		sched_yield();
		mprotect(page, PAGE, PROT_READ | PROT_WRITE);
		break;
	default:
		madvise(page, PAGE, advice[fuzz_rand() % 6]);
	}
}

static void change_mappings(const struct fuzz_queue *queue)
{
	switch (fuzz_rand() % 4) {
	case 0:
		mremap(queue->memory, queue->memory_size, PAGE,
		       MREMAP_MAYMOVE);
		break;
	case 1:
		munmap(queue->memory, PAGE);
		break;
	case 2:
		mmap(NULL, fuzz_length(), PROT_READ | PROT_WRITE,
		     fuzz_one_in(4) ? MAP_PRIVATE : MAP_SHARED, queue->file,
		     (off_t)(fuzz_rand() % 4) * PAGE);
		break;
	default:
		madvise(queue->memory, queue->memory_size, MADV_DONTNEED);
	}
}

/* A right value, mostly: a wrong one ends the use of some queues. */
static void any_doorbell(struct fuzz_queue *queue)
{
	unsigned char *address = queue->doorbell +
				 queue->format->register_offset;

	fuzz_count(&fuzz_counts->doorbells, 1);
	if (!fuzz_one_in(20)) {
		queue->tail = (uint32_t)fuzz_rand() % queue->depth;
		queue->format->ring(queue);
	} else if (fuzz_one_in(2)) {
		store_doorbell(address, fuzz_any());
	} else if (fuzz_one_in(2)) {
		store_doorbell(queue->doorbell + (size_t)fuzz_rand() %
			       (queue->doorbell_size / 8) * 8, fuzz_any());
	} else {
		/* SIGBUS, which ends the process, or a store of 32 bits. */
		*(volatile uint32_t *)address = (uint32_t)fuzz_rand();
	}
}

/* Slots that the kernel may be reading at this moment, or has written. */
static void overwrite(struct fuzz_queue *queue)
{
	size_t i;

	for (i = 0; i < 16; i++)
		queue->memory[fuzz_any() % queue->memory_size] =
			(unsigned char)fuzz_rand();
}

/* Another thread, on the same queue. */
static void *disturb(void *argument)
{
	struct fuzz_queue *queue = argument;
	int i;

	/* Of a thread, where it has one. */
	fuzz_seed(fuzz_any() + (uint64_t)gettid());
	for (i = 0; i < ROUNDS; i++) {
		if (fuzz_one_in(50))
			any_doorbell(queue);
		else if (fuzz_one_in(10))
			overwrite(queue);
		else if (fuzz_one_in(100))
			change_mappings(queue);
		else if (fuzz_one_in(2))
			change_memory();
		else
			any_ioctl(queue);
		queue->format->scribble();
		sched_yield();
	}
	return NULL;
}

/* Some words, or what may be an address or a length. */
static void change(unsigned char *descriptor, size_t size)
{
	uint32_t word;
	uint64_t address;
	unsigned char *at;
	int left;

	for (left = 1 + fuzz_rand() % 3; left; left--) {
		at = descriptor + (size_t)fuzz_rand() % (size / 4 - 1) * 4;
		memcpy(&word, at, sizeof(word));
		switch (fuzz_rand() % 6) {
		case 0:
			address = fuzz_address();
			memcpy(at, &address, sizeof(address));
			continue;
		case 1:
			word = fuzz_length();
			break;
		case 2:
			word = (uint32_t)fuzz_any();
			break;
		case 3:
			word = fuzz_one_in(2) ? 0 : ~0u;
			break;
		default:
			word ^= 1u << fuzz_rand() % 32;
		}
		memcpy(at, &word, sizeof(word));
	}
}

static enum fuzz_kind make(struct fuzz_queue *queue, unsigned char *descriptor)
{
	enum fuzz_kind kind;
	int i;

	if (fuzz_one_in(16)) {
		for (i = 0; i < FUZZ_DESCRIPTOR; i++)
			descriptor[i] = (unsigned char)fuzz_rand();
		return FUZZ_NO_KIND;
	}
	memset(descriptor, 0, FUZZ_DESCRIPTOR);
	kind = queue->format->fill(queue, descriptor);
	if (fuzz_one_in(2))
		return kind;
	change(descriptor, queue->format->descriptor);
	return FUZZ_CHANGED;
}

static void submit(struct fuzz_queue *queue)
{
	unsigned char descriptor[FUZZ_DESCRIPTOR];

	queue->kinds[queue->tail] = (unsigned char)make(queue, descriptor);
	memcpy(queue->memory + queue->tail * queue->format->descriptor,
	       descriptor, queue->format->descriptor);
	queue->tail = (queue->tail + 1) % queue->depth;
	queue->format->ring(queue);
	fuzz_count(&fuzz_counts->submitted, 1);
}

static const unsigned char *completion_at(const struct fuzz_queue *queue)
{
	const struct fuzz_format *format = queue->format;

	return queue->memory + queue->depth * format->descriptor +
	       queue->head * format->completion;
}

static const uint16_t *phase_at(const struct fuzz_queue *queue)
{
	return (const void *)(completion_at(queue) +
			      queue->format->completion - 2);
}

static void count_accepted(struct fuzz_queue *queue)
{
	const struct fuzz_format *format = queue->format;
	const unsigned char *completion = completion_at(queue);
	uint16_t slot;

	memcpy(&slot, completion + format->slot, sizeof(slot));
	if (slot >= queue->depth || !queue->kinds[slot])
		return;
	if (format->accepted(queue,
			     queue->memory + slot * format->descriptor,
			     completion))
		fuzz_count(&fuzz_counts->accepted[queue->kinds[slot]], 1);
	queue->kinds[slot] = FUZZ_NO_KIND;
}

/* Counts what is done, and tells it, or poll() would not wait for more. */
static void take(struct fuzz_queue *queue)
{
	uint32_t limit = queue->depth, before = queue->head;

	while (limit-- && (__atomic_load_n(phase_at(queue), __ATOMIC_ACQUIRE) &
			   1) == queue->phase) {
		count_accepted(queue);
		queue->head = (queue->head + 1) % queue->depth;
		if (!queue->head)
			queue->phase ^= 1;
		fuzz_count(&fuzz_counts->done, 1);
	}
	if (queue->head != before)
		queue->format->ring(queue);
}

/* Until nothing comes any more. */
static void take_rest(struct fuzz_queue *queue)
{
	struct pollfd poll_file = { .fd = queue->file, .events = POLLIN };
	int limit;

	for (limit = ROUNDS; limit; limit--) {
		if (poll(&poll_file, 1, 10 * WAIT_MS) != 1 ||
		    poll_file.revents & POLLERR)
			return;
		take(queue);
	}
}

static void use(struct fuzz_queue *queue)
{
	struct pollfd poll_file = { .fd = queue->file, .events = POLLIN };
	int i;

	for (i = 0; i < ROUNDS; i++) {
		if (fuzz_one_in(4))
			queue->format->scribble();
		submit(queue);
		/* The child has no mappings; the file it has. */
		if (fuzz_one_in(100) && !fork()) {
			any_ioctl(queue);
			if (fuzz_one_in(2))
				submit(queue);
			_exit(0);
		}
		if (fuzz_one_in(4))
			continue;
		if (poll(&poll_file, 1, WAIT_MS) < 0)
			return;
		take(queue);
	}
	take_rest(queue);
}

static void map(struct fuzz_queue *queue)
{
	const int protection = PROT_READ | PROT_WRITE;

	queue->memory = mmap(NULL, queue->memory_size, protection, MAP_SHARED,
			     queue->file, PAGE);
	queue->doorbell = mmap(NULL, queue->doorbell_size, protection,
			       MAP_SHARED, queue->file, 0);
	queue->lists = mmap(NULL, queue->depth * 2ul * FUZZ_LIST, protection,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	queue->kinds = calloc(queue->depth, 1);
	if (queue->memory == MAP_FAILED || queue->doorbell == MAP_FAILED ||
	    queue->lists == MAP_FAILED || !queue->kinds)
		_exit(1);
}

void fuzz_work(const char *node, int version)
{
	struct fuzz_queue queue = {
		.format = strstr(node, "hisi_") ? &fuzz_hisi : &fuzz_swaccel,
		.zips = strstr(node, "_zip") != NULL,
		.hashes = strstr(node, "_sec") != NULL,
		.version = version,
		.phase = 1,
	};
	int never_started = fuzz_one_in(8);
	pthread_t thread;

	queue.file = open(node, O_RDWR | O_CLOEXEC);
	if (queue.file < 0 || queue.format->describe(&queue))
		_exit(1);
	if (never_started && fuzz_one_in(2))
		any_ioctl(&queue);
	map(&queue);
	if (!never_started && ioctl(queue.file, UACCE_CMD_START_Q))
		_exit(1);
	if (fuzz_one_in(2))
		pthread_create(&thread, NULL, disturb, &queue);
	if (never_started)
		disturb(&queue);
	else
		use(&queue);
	/* Often in the middle of something: of the other thread, at least. */
	if (fuzz_one_in(2))
		_exit(0);
	munmap(queue.doorbell, queue.doorbell_size);
	munmap(queue.memory, queue.memory_size);
	close(queue.file);
	_exit(0);
}
