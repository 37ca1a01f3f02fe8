// SPDX-License-Identifier: Apache-2.0
//
// In the place of gateway/web.ts, in firmware without modules/web and modules/http-server.

import { Absent } from "upgate/gateway/absent";
import type { WebParts } from "../web.js";

export class WebService extends Absent {
	constructor({ settings }: WebParts) {
		super("web pages", () => !settings.flag("DisableWebTask"));
	}
}
