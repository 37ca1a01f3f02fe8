// SPDX-License-Identifier: Apache-2.0
//
// All addresses of the pages' interface.

import { certificateRoutes } from "./certificate-routes.js";
import { iniRoutes } from "./ini-routes.js";
import { logInRoutes } from "./log-in.js";
import { maintenanceRoutes } from "./maintenance-routes.js";
import { replyList } from "./reply.js";
import { route, type Route } from "./route.js";
import { settingsRoutes } from "./settings-routes.js";
import { statusRoutes } from "./status.js";

const diagnosticsRoutes: readonly Route[] = Object.freeze([
	route("GET", "/api/history", ({ exchange, ports }) => replyList(exchange, ports.history())),
	route("GET", "/api/wear", ({ exchange, ports }) => replyList(exchange, ports.wear())),
]);

export const routes: readonly Route[] = Object.freeze([
	...logInRoutes,
	...statusRoutes,
	...settingsRoutes,
	...maintenanceRoutes,
	...iniRoutes,
	...certificateRoutes,
	...diagnosticsRoutes,
]);
