// SPDX-License-Identifier: GPL-2.0
/* The FPGA manager of a card: takes an image apart, in the kernel's phases. */
#include <linux/crc32.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/platform_device.h>
#include <linux/string.h>

#include "../include/swaccel.h"
#include "swfpga.h"

/* The static part of a card, which programs the regions, always runs. */
static enum fpga_mgr_states state(struct fpga_manager *manager)
{
	return FPGA_MGR_STATE_OPERATING;
}

static u64 status(struct fpga_manager *manager)
{
	struct swfpga_card *card = manager->priv;

	return READ_ONCE(card->status);
}

static bool is_kind(const u8 *kind, size_t size)
{
	if (!memchr(kind, 0, size))
		return false;
	return !*kind || swaccel_knows(kind);
}

static const char *mistake_of(const struct swfpga_header *header, size_t count)
{
	if (count < sizeof(*header))
		return "shorter than its header";
	if (memcmp(header->magic, SWFPGA_MAGIC, sizeof(header->magic)))
		return "not an image of this FPGA";
	if (le32_to_cpu(header->length) != count - sizeof(*header))
		return "length differs from that of its header";
	if (!is_kind(header->kind, sizeof(header->kind)))
		return "makes a function of an unknown kind";
	return NULL;
}

static int parse_header(struct fpga_manager *manager,
			struct fpga_image_info *info, const char *buf,
			size_t count)
{
	struct swfpga_card *card = manager->priv;
	const char *mistake = mistake_of((const void *)buf, count);

	if (mistake) {
		dev_err(&manager->dev, "bad image: %s\n", mistake);
		WRITE_ONCE(card->status, FPGA_MGR_STATUS_INCOMPATIBLE_IMAGE_ERR);
		return -EINVAL;
	}
	memcpy(&card->header, buf, sizeof(card->header));
	info->header_size = sizeof(card->header);
	info->data_size = le32_to_cpu(card->header.length);
	return 0;
}

static int write_init(struct fpga_manager *manager,
		      struct fpga_image_info *info, const char *buf,
		      size_t count)
{
	struct swfpga_card *card = manager->priv;

	WRITE_ONCE(card->status, 0);
	card->crc = ~0;
	msleep(swfpga_phase_ms());
	return 0;
}

static int write(struct fpga_manager *manager, const char *buf, size_t count)
{
	struct swfpga_card *card = manager->priv;

	card->crc = crc32_le(card->crc, buf, count);
	msleep(swfpga_phase_ms());
	return 0;
}

static int write_complete(struct fpga_manager *manager,
			  struct fpga_image_info *info)
{
	struct swfpga_card *card = manager->priv;

	msleep(swfpga_phase_ms());
	if (~card->crc != le32_to_cpu(card->header.crc)) {
		dev_err(&manager->dev, "bad image: checksum\n");
		WRITE_ONCE(card->status, FPGA_MGR_STATUS_CRC_ERR);
		return -EIO;
	}
	swfpga_set_contents(&card->regions[info->region_id], &card->header);
	return 0;
}

static const struct fpga_manager_ops manager_ops = {
	.initial_header_size	= sizeof(struct swfpga_header),
	.skip_header		= true,
	.state			= state,
	.status			= status,
	.parse_header		= parse_header,
	.write_init		= write_init,
	.write			= write,
	.write_complete		= write_complete,
};

int swfpga_add_manager(struct swfpga_card *card)
{
	card->manager = fpga_mgr_register(&card->pdev->dev, "Software FPGA",
					  &manager_ops, card);
	return PTR_ERR_OR_ZERO(card->manager);
}

void swfpga_remove_manager(struct swfpga_card *card)
{
	fpga_mgr_unregister(card->manager);
}
