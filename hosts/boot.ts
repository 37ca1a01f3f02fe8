// SPDX-License-Identifier: Apache-2.0
//
// Main module on every host: hands the host's device to the application.

import main from "upgate/main";
import makeDevice from "upgate/provider";

export default function boot(): void {
	main(makeDevice());
}
