// SPDX-License-Identifier: GPL-2.0
/* Cards come with the module, and go with it, or when they are unbound. */
#include <linux/err.h>
#include <linux/module.h>
#include <linux/nodemask.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#include "swfpga.h"

static unsigned int node[SWFPGA_MAX_CARDS];
static unsigned int card_count = 1;
module_param_array(node, uint, &card_count, 0444);
MODULE_PARM_DESC(node, "NUMA node of each card, one card for each number (default: 0)");

static unsigned int regions = 1;
module_param(regions, uint, 0444);
MODULE_PARM_DESC(regions, "regions of each card, 1 to 4 (default: 1)");

static unsigned int phase_ms;
module_param(phase_ms, uint, 0644);
MODULE_PARM_DESC(phase_ms, "how long each of the three phases of a load takes, in milliseconds (default: 0)");

static bool report_loads;
module_param(report_loads, bool, 0644);
MODULE_PARM_DESC(report_loads, "send a uevent \"change\" of the region after a load; other FPGAs send none (default: no)");

static struct platform_device *cards[SWFPGA_MAX_CARDS];

unsigned int swfpga_phase_ms(void)
{
	return READ_ONCE(phase_ms);
}

bool swfpga_reports_loads(void)
{
	return READ_ONCE(report_loads);
}

static void remove_regions(struct swfpga_card *card)
{
	while (card->region_count)
		swfpga_remove_region(&card->regions[--card->region_count]);
}

static int add_regions(struct swfpga_card *card)
{
	struct swfpga_region *region;
	int ret;

	while (card->region_count < regions) {
		region = &card->regions[card->region_count];
		region->card = card;
		region->index = card->region_count;
		ret = swfpga_add_region(region);
		if (ret) {
			remove_regions(card);
			return ret;
		}
		card->region_count++;
	}
	return 0;
}

static int probe(struct platform_device *pdev)
{
	struct swfpga_card *card;
	int ret;

	card = devm_kzalloc(&pdev->dev, sizeof(*card), GFP_KERNEL);
	if (!card)
		return -ENOMEM;
	card->pdev = pdev;
	platform_set_drvdata(pdev, card);
	ret = swfpga_add_manager(card);
	if (ret)
		return ret;
	ret = add_regions(card);
	if (ret)
		swfpga_remove_manager(card);
	return ret;
}

static void remove(struct platform_device *pdev)
{
	struct swfpga_card *card = platform_get_drvdata(pdev);

	remove_regions(card);
	swfpga_remove_manager(card);
}

static struct platform_driver swfpga_driver = {
	.probe	= probe,
	.remove	= remove,
	.driver	= {
		.name		= "swfpga",
		.probe_type	= PROBE_FORCE_SYNCHRONOUS,
	},
};

static struct platform_device *add_card(unsigned int id)
{
	struct platform_device *pdev;
	int ret;

	pdev = platform_device_alloc("swfpga", id);
	if (!pdev)
		return ERR_PTR(-ENOMEM);
	set_dev_node(&pdev->dev, node[id]);
	ret = platform_device_add(pdev);
	if (ret) {
		platform_device_put(pdev);
		return ERR_PTR(ret);
	}
	return pdev;
}

static void remove_cards(void)
{
	unsigned int id;

	for (id = 0; id < card_count; id++)
		if (!IS_ERR_OR_NULL(cards[id]))
			platform_device_unregister(cards[id]);
}

static int add_cards(void)
{
	unsigned int id;

	for (id = 0; id < card_count; id++) {
		cards[id] = add_card(id);
		if (IS_ERR(cards[id])) {
			remove_cards();
			return PTR_ERR(cards[id]);
		}
	}
	return 0;
}

static int check_parameters(void)
{
	unsigned int id;

	if (regions < 1 || regions > SWFPGA_MAX_REGIONS) {
		pr_err("swfpga: regions=%u: not a number from 1 to %u\n",
		       regions, SWFPGA_MAX_REGIONS);
		return -EINVAL;
	}
	for (id = 0; id < card_count; id++) {
		if (node[id] < MAX_NUMNODES && node_online(node[id]))
			continue;
		pr_err("swfpga: node=%u: not online\n", node[id]);
		return -EINVAL;
	}
	return 0;
}

static int __init swfpga_init(void)
{
	int ret;

	ret = check_parameters();
	if (ret)
		return ret;
	ret = platform_driver_register(&swfpga_driver);
	if (ret)
		return ret;
	ret = add_cards();
	if (ret)
		platform_driver_unregister(&swfpga_driver);
	return ret;
}

static void __exit swfpga_exit(void)
{
	remove_cards();
	platform_driver_unregister(&swfpga_driver);
}

module_init(swfpga_init);
module_exit(swfpga_exit);
MODULE_LICENSE("GPL");
MODULE_AUTHOR("The Nacelle authors");
MODULE_DESCRIPTION("Software FPGA under the kernel's FPGA manager, bridge and region");
