// SPDX-License-Identifier: Apache-2.0
//
// Main module on Linux: hands the device to the application.

import main from "upgate/main";
import makeDevice from "upgate/linux/provider";

export default function boot(): void {
	main(makeDevice());
}
