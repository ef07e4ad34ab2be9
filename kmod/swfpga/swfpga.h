/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A card: one platform device with the FPGA manager, and a device for each
 * region, with a bridge and with the function that its contents make.
 */
#ifndef _SWFPGA_H
#define _SWFPGA_H

#include <linux/fpga/fpga-mgr.h>
#include <linux/fpga/fpga-region.h>
#include <linux/mutex.h>
#include <linux/types.h>

#include "../include/uapi/swfpga.h"

#define SWFPGA_MAX_CARDS	8
#define SWFPGA_MAX_REGIONS	4
/* The id of the function in region R of card C is this + 4 C + R. */
#define SWFPGA_FIRST_FUNCTION	60000

struct fpga_bridge;
struct platform_device;

/**
 * struct swfpga_region - one region of a card
 * @card: that it is part of
 * @index: on the card
 * @pdev: holds all devices of the region
 * @bridge: cuts the region off while it is programmed
 * @region: that of the kernel's framework
 * @loading: held by whoever programs the region
 * @kind: of the function that the contents make; empty when they make none
 * @ids: what compat_id reads, in turns: a reader may still be at the other.
 *	The framework reads its pointer twice, so that once set it cannot be
 *	cleared: after a load that failed the id is the last good one, and the
 *	manager's state and the bridge say that it is not there
 * @turn: the one of @ids that is not shown
 * @function: that the contents make, while the bridge is enabled; or NULL
 * @enabled: of the bridge
 */
struct swfpga_region {
	struct swfpga_card *card;
	unsigned int index;
	struct platform_device *pdev;
	struct fpga_bridge *bridge;
	struct fpga_region *region;
	/* Not waited for: whoever comes second is refused. */
	struct mutex loading;
	char kind[16];
	struct fpga_compat_id ids[2];
	unsigned int turn;
	struct platform_device *function;
	bool enabled;
};

/**
 * struct swfpga_card - driver data of the card's platform device
 * @pdev: the card
 * @manager: programs one region at a time
 * @status: FPGA_MGR_STATUS_*, of the last load
 * @header: of the image that is being written; the manager's
 * @crc: of the payload so far; the manager's
 * @regions: the first @region_count exist
 * @region_count: set before the card is probed
 */
struct swfpga_card {
	struct platform_device *pdev;
	struct fpga_manager *manager;
	u64 status;
	struct swfpga_header header;
	u32 crc;
	struct swfpga_region regions[SWFPGA_MAX_REGIONS];
	unsigned int region_count;
};

/* driver.c: module parameters, which can change at any time. */
unsigned int swfpga_phase_ms(void);
bool swfpga_reports_loads(void);

/* program.c */
int swfpga_add_manager(struct swfpga_card *card);
void swfpga_remove_manager(struct swfpga_card *card);

/* region.c */
int swfpga_add_region(struct swfpga_region *region);
void swfpga_remove_region(struct swfpga_region *region);
/* What an image brought is in the region from now on. */
void swfpga_set_contents(struct swfpga_region *region,
			 const struct swfpga_header *header);

#endif
