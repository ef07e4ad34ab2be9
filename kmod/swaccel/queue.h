/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The queue pair: a submission ring and a completion ring in memory shared
 * with user space, a doorbell, and a thread that executes. What a slot and
 * the doorbell look like is the format's business.
 */
#ifndef _SWACCEL_QUEUE_H
#define _SWACCEL_QUEUE_H

#include <linux/kref.h>
#include <linux/mm_types.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "engine.h"

struct mem_cgroup;
struct swaccel_device;
struct swaccel_queue;
struct swiommu_space;
struct task_struct;
struct uacce_device;
struct uacce_queue;
struct vm_area_struct;

/* Bytes of one step: between two steps a queue notices that it is dead. */
#define SWACCEL_CHUNK		65536U
#define SWACCEL_MAX_SLOT	128

/**
 * struct swaccel_format - a queue format, one front end of the queue core
 * @api: for sysfs
 * @descriptor_size: bytes of a slot of the submission ring
 * @completion_size: bytes of a slot of the completion ring
 * @state_size: bytes at the end of the memory region, after the rings
 * @doorbell_pages: pages of the doorbell region
 * @doorbell: a store of @size bytes at @offset of the doorbell region; runs
 *	in the fault handler, so it only records and wakes
 * @version: for "api=" of new_device
 * @execute: checks and executes one descriptor; @descriptor is a private copy
 *	of what user space wrote, @slot where it may be written back
 * @complete: fills in a slot of the completion ring, all but the phase
 * @set_phase: makes the slot valid, after all else of it is visible
 * @write_state: tells at @end, the end of the memory region, why the queue is
 *	disabled; 0 while it is good
 * @ioctl: of the format's own; may be NULL. May wait for a page of user space:
 *	no lock is held, and the queue may be put meanwhile
 */
struct swaccel_format {
	const char *api;
	u32 version;
	u32 descriptor_size;
	u32 completion_size;
	u32 state_size;
	u32 doorbell_pages;
	void (*doorbell)(struct swaccel_queue *queue, u32 offset, u32 size,
			 u64 value);
	void (*execute)(struct swaccel_queue *queue, void *descriptor,
			void *slot);
	void (*complete)(struct swaccel_queue *queue, void *slot,
			 u32 submission_head);
	void (*set_phase)(void *slot, bool phase);
	void (*write_state)(void *end, u32 error);
	long (*ioctl)(struct swaccel_queue *queue, unsigned int command,
		      unsigned long argument);
};

extern const struct swaccel_format swaccel_format_v1;
extern const struct swaccel_format swaccel_format_qm_v2;
extern const struct swaccel_format swaccel_format_qm_v3;

/**
 * struct swaccel_queue - one open of a device
 * @references: of uacce's queue, of the thread, of every mapping
 * @device: valid as long as the queue is not dead, or its thread runs
 * @format: of the device
 * @depth: slots of either ring
 * @number: among the queues of the device that exist
 * @direction: as user space chose, for formats that have one a queue
 * @space: the opener's memory; NULL without shared virtual addressing
 * @cgroup: the opener's, which what the thread allocates is charged to
 * @lock: a leaf
 * @uacce_queue: NULL once uacce has put the queue
 * @thread: executes; NULL before the first start and after its end
 * @work: the thread sleeps here
 * @dead: put by uacce; the thread is to end
 * @running: started and not stopped
 * @disabled: enum swaccel_queue_error, 0 while good
 * @submission_tail: as user space told, checked
 * @completion_head: likewise
 * @submission_head: next descriptor to execute; the thread's
 * @completion_tail: next completion to post; written by the thread only
 * @phase: of the next completion; the thread's
 * @pages: of the shared memory, allocated with the first mapping
 * @page_count: of @pages
 * @memory: @pages, mapped for the kernel
 * @input: bounce buffer of one chunk; the thread's
 * @output: likewise
 * @job: the job under way; the thread's
 * @status: of @job, in the format's terms
 * @cookie: of @job
 * @engine_state: the engine's, a queue
 * @engine_streams: likewise, what it keeps between descriptors
 */
struct swaccel_queue {
	struct kref references;
	struct swaccel_device *device;
	const struct swaccel_format *format;
	u32 depth;
	u32 number;
	u32 direction;
	struct swiommu_space *space;
	struct mem_cgroup *cgroup;

	/* Guards uacce_queue and thread. */
	spinlock_t lock;
	struct uacce_queue *uacce_queue;
	struct task_struct *thread;
	wait_queue_head_t work;
	bool dead;
	bool running;
	u32 disabled;

	u32 submission_tail;
	u32 completion_head;
	u32 submission_head;
	u32 completion_tail;
	bool phase;

	struct page **pages;
	unsigned long page_count;
	void *memory;

	void *input;
	void *output;
	struct swaccel_job job;
	u32 status;
	u64 cookie;
	void *engine_state;
	void *engine_streams;
};

/* queue.c */
extern const struct uacce_ops swaccel_uacce_ops;
void swaccel_get(struct swaccel_queue *queue);
void swaccel_put(struct swaccel_queue *queue);
/* Wakes whoever polls. */
void swaccel_notify(struct swaccel_queue *queue);
/*
 * Says in the shared memory why the queue executes nothing any more, and wakes
 * whoever polls.
 */
void swaccel_disable(struct swaccel_queue *queue, u32 error);

/* region.c: what is mapped. */
unsigned long swaccel_memory_pages(const struct swaccel_format *format,
				   u32 depth);
void *swaccel_submission_slot(struct swaccel_queue *queue, u32 index);
void *swaccel_completion_slot(struct swaccel_queue *queue, u32 index);
void swaccel_write_state(struct swaccel_queue *queue);
int swaccel_map_memory(struct swaccel_queue *queue, struct vm_area_struct *vma);
int swaccel_map_region(struct swaccel_queue *queue, struct vm_area_struct *vma,
		       vm_fault_t (*fault)(struct swaccel_queue *queue,
					   struct vm_fault *vmf));
void swaccel_free_memory(struct swaccel_queue *queue);

/* doorbell.c */
int swaccel_map_doorbell(struct swaccel_queue *queue,
			 struct vm_area_struct *vma);

/* file.c: poll() tells of queues that are disabled, and of removal. */
void swaccel_extend_file(struct uacce_device *uacce);

/* thread.c */
int swaccel_start_thread(struct swaccel_queue *queue);
void swaccel_kill_thread(struct swaccel_queue *queue);

#endif
