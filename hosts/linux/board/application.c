// SPDX-License-Identifier: Apache-2.0
//
// The description of a program that was not packed into an image: version 0.0.0. The packer replaces the whole section.

#include "application.h"

__attribute__((section(".rodata_desc"), used, aligned(16))) const application_description_t upgate_app_desc = {
	.magic = APPLICATION_MAGIC,
	.version = "0.0.0",
	.project_name = "upgate",
	.time = "00:00:00",
	.date = "Jan  1 2026",
	.idf_version = "linux",
};
