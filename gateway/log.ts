// SPDX-License-Identifier: Apache-2.0
//
// The last lines of the log, for the console and the pages. In memory only: what an update became of is remembered by trace.ts.

import type { Command } from "upgate/console/commands";
import { logCommands } from "upgate/console/log-commands";
import { LogRing } from "upgate/trace/log-ring";
import { eventText } from "upgate/update/event-text";
import type { StampedRecord } from "upgate/update/events";
import type { Service } from "./services.js";

export class Log implements Service {
	readonly ring = new LogRing();

	get commands(): Iterable<Command> {
		return logCommands(this.ring);
	}

	note(record: StampedRecord): void {
		this.ring.add(eventText(record), record.time);
	}
}
