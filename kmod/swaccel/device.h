/* SPDX-License-Identifier: GPL-2.0 */
/* A device: one platform device or PCI function, one uacce device, one engine. */
#ifndef _SWACCEL_DEVICE_H
#define _SWACCEL_DEVICE_H

#include <linux/atomic.h>
#include <linux/idr.h>
#include <linux/kref.h>
#include <linux/types.h>
#include <linux/wait.h>

struct attribute_group;
struct dentry;
struct swaccel_engine;
struct swaccel_format;
struct device;
struct uacce_device;

#define SWACCEL_MAX_DEVICES	256
#define SWACCEL_MAX_ID		65535
#define SWACCEL_MAX_QUEUES	256
#define SWACCEL_MIN_DEPTH	2
#define SWACCEL_MAX_DEPTH	4096
/* Queues that are closed may still end, and keep theirs. */
#define SWACCEL_MAX_NUMBER	1023

/**
 * struct swaccel_config - what the creator of a device chooses
 * @engine: index of the engine
 * @id: the number in the platform device's name; of a PCI function, its bus,
 *	device and function
 * @node: NUMA node, online
 * @queues: how many can be open at once
 * @depth: slots of a ring, a power of two
 * @version: of the queue format, 0 for the engine's default
 */
struct swaccel_config {
	unsigned int engine;
	u32 id;
	u32 node;
	u32 queues;
	u32 depth;
	u32 version;
};

/* Faults that are injected; see fault.c. */
struct swaccel_faults {
	bool isolate;
	bool no_instances;
	atomic_t failing;
};

struct swaccel_counters {
	atomic64_t doorbells;
	atomic64_t bad_doorbells;
	atomic64_t completed;
	atomic64_t failed;
	atomic64_t bytes_read;
	atomic64_t bytes_written;
};

/**
 * struct swaccel_device - driver data of the platform device or PCI function
 * @references: of the driver and of every queue, which may outlive removal
 * @uacce: the registered uacce device
 * @config: as created
 * @engine: what it computes
 * @format: what its queues look like
 * @faults: injected faults
 * @counters: for statistics.c
 * @debugfs: directory of the device
 * @numbers: of queues
 * @open_queues: between get_queue and put_queue
 * @threads: that run; removal waits a moment for 0
 * @idle: woken when @threads becomes 0
 */
struct swaccel_device {
	struct kref references;
	struct uacce_device *uacce;
	struct swaccel_config config;
	const struct swaccel_engine *engine;
	const struct swaccel_format *format;
	struct swaccel_faults faults;
	struct swaccel_counters counters;
	struct dentry *debugfs;
	struct ida numbers;
	atomic_t open_queues;
	atomic_t threads;
	wait_queue_head_t idle;
};

/* driver.c */
/* Whether devices are put behind the software IOMMU. */
bool swaccel_sva(void);

/* device.c: becomes the driver data of @dev. */
int swaccel_device_start(struct device *dev,
			 const struct swaccel_config *config, bool sva);
void swaccel_device_stop(struct device *dev);
void swaccel_device_put(struct swaccel_device *device);

/* borrow.c: names of real hardware, by the module parameter hisi=1 only. */
bool swaccel_may_borrow(const char *name);
/* Return: what is here that has a better right to the name, or NULL. */
const char *swaccel_owner(const struct swaccel_engine *engine);

/* pci.c: a PCI driver for each engine. */
int swaccel_pci_register(void);
void swaccel_pci_unregister(void);

/* parse.c: "sw_zip id=3 node=1 [queues=8] [depth=256]"; @text is cut up. */
void swaccel_default_config(unsigned int engine, struct swaccel_config *config);
/* Return: the format, or NULL when the engine has no such version. */
const struct swaccel_format *swaccel_find_format(const struct swaccel_config *config);
int swaccel_parse(char *text, struct swaccel_config *config);

/* create.c: devices that this module created. */
int swaccel_create(const struct swaccel_config *config);
int swaccel_delete(const char *name);
int swaccel_create_list(const char *list);
void swaccel_delete_all(void);
extern const struct attribute_group **swaccel_driver_groups;

/* fault.c */
extern const struct attribute_group *swaccel_device_groups[];
/* Takes one of the failures that were injected. */
bool swaccel_take_failure(struct swaccel_device *device);

/* statistics.c */
void swaccel_statistics_init(void);
void swaccel_statistics_exit(void);
void swaccel_statistics_add(struct swaccel_device *device);
void swaccel_statistics_remove(struct swaccel_device *device);

#endif
