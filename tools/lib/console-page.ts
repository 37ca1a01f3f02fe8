// SPDX-License-Identifier: Apache-2.0
//
// Writes docs/console.md from the commands themselves and the tree of configure: `npm run docs`. A test compares the two.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv } from "node:process";
import { pathToFileURL } from "node:url";
import { accountCommands } from "../../modules/console/account-commands.js";
import { placed } from "../../modules/console/command-table.js";
import type { Command } from "../../modules/console/commands.js";
import { type Area, configurationTree } from "../../modules/console/configuration-tree.js";
import { debugTable } from "../../modules/console/debug-commands.js";
import { factoryCommands } from "../../modules/console/factory-commands.js";
import { fileCommands } from "../../modules/console/file-commands.js";
import { flashCommands } from "../../modules/console/flash-commands.js";
import { gatewayCommands } from "../../modules/console/gateway-commands.js";
import { iniCommands } from "../../modules/console/ini-commands.js";
import { lineCommands } from "../../modules/console/line-commands.js";
import { logCommands } from "../../modules/console/log-commands.js";
import { networkCommands } from "../../modules/console/network-commands.js";
import { pingCommands } from "../../modules/console/ping-commands.js";
import { sipCommands } from "../../modules/console/sip-commands.js";
import { snmpCommands } from "../../modules/console/snmp-commands.js";
import { traceCommands } from "../../modules/console/trace-commands.js";
import { updateCommands } from "../../modules/console/update-commands.js";
import { parameters } from "../../modules/settings/registry.js";
import { projectRoot } from "../build/index.js";

/** Where the text lies, from the project's root. */
export const consolePage = "docs/console.md";

const head = `# Console

Made from the commands by \`npm run docs\`; change those, not this file.

115200 baud, 8N1, UTF-8, in picocom, tio, minicom, screen, tmux or any terminal that knows CR, LF, \`ESC [ K\` and \`ESC [ n D\`.

| keys | |
| --- | --- |
| Tab | completes a word, or shows what is possible |
| ? | tells what may stand here, with help; within a value, and within quotes, it is text |
| arrows, Home, End, Ctrl-A B E F | move in the line |
| Up, Down, Ctrl-P N | the last 16 lines; none that may hold a secret |
| Backspace, Delete, Ctrl-D, Ctrl-K U W | delete a character; to the end, to the start, the word before |
| Ctrl-C, Ctrl-L | drop the line; draw it again |
| Space, Enter, q | at the end of a page: another page, another line, enough |

Words may be shortened while they stay unique, in any letter case. Quotes keep spaces. Behind a command, \`| include TEXT\`, \`| exclude TEXT\`,
\`| begin TEXT\` and \`| count TEXT\` choose from its answer.

Prompt: \`name> \`, \`name(automatic-update)> \` in the tree of configure, with \`*\` while something is set and not saved.

Once a password is set, whoever comes next is asked for it, also when nobody has typed for five to ten minutes. After three wrong ones
there is a wait that doubles, up to five minutes. It is kept as a salted hash; a gateway whose password is forgotten is flashed anew.

## Files over this line

\`firmware load xmodem\`, \`ini load xmodem\` and \`ini dry-run xmodem\` take a file over the line itself: a gateway without network needs nothing else. They
wait two minutes for a sender of XMODEM-CRC, XMODEM-1K or YMODEM. In picocom, begun with \`picocom -b 115200 --send-cmd 'sx -k' /dev/ttyUSB0\`, type the command, then
Ctrl-A Ctrl-S and the name of the file; Tera Term and minicom have it in a menu. \`sx\` comes with Debian's lrzsz. Firmware of 1.8 MB takes three minutes at 115200 baud.

Firmware passes the same checks as when it is fetched, and starts on trial. Where no server is set in the settings it is confirmed as soon as it is up; else the server has to
be reached, or somebody has to say \`firmware confirm\` within AupdTrialTime. An ini is taken whole or not at all.

Ctrl-C in the sender ends a transfer; where the sender is gone already, Ctrl-C twice at this line does. Nothing else can be typed meanwhile; log lines come afterwards.

## Commands
`;

/** The makers only keep their ports; no command is run here. */
const ports = new Proxy({}, { get: () => ports }) as never;

/** As gateway/debug.ts has them; a test compares. */
const debugTopics = ["http", "tls", "sip", "snmp"] as const;

/** All commands, in the order of help. */
export function allCommands(): Command[] {
	return [
		...gatewayCommands(ports),
		...updateCommands(ports),
		...traceCommands(ports),
		...fileCommands(ports),
		...lineCommands(ports),
		...iniCommands(ports),
		...networkCommands(ports),
		...accountCommands(ports),
		...factoryCommands(ports),
		...pingCommands(ports),
		...sipCommands(ports),
		...snmpCommands(ports),
		...placed(debugTable(debugTopics), ports),
		...logCommands(ports),
		...flashCommands(ports),
	];
}

function cell(text: string): string {
	return text.replace(/[|<>*_\\]/g, "\\$&");
}

function* areaRows(areas: readonly Area[], path: string): Iterable<string> {
	for (const area of areas) {
		const here = `${path} > ${area.word}`;
		for (const { word, parameter, values } of area.entries) {
			const known = parameters.find(({ name }) => name === parameter);
			const words = values === undefined ? "" : ` (${Object.keys(values).join(", ")})`;
			yield `| ${[here, word, parameter, `${known?.summary ?? ""}${words}`].map(cell).join(" | ")} |`;
		}
		yield* areaRows(area.areas, here);
	}
}

/** The whole page. */
export function consoleMarkdown(): string {
	const lines = [head, "| command | what it does |", "| --- | --- |"];
	for (const { words, usage, help } of allCommands())
		lines.push(`| \`${`${words} ${usage}`.trim().replaceAll("|", "\\|")}\` | ${cell(help)} |`);
	lines.push("", "## The tree of configure", "");
	lines.push(
		"`configure system automatic-update` leads there at once; `exit` goes one place up, `end` out. `no WORD` sets a",
	);
	lines.push(
		"parameter back to its default. Booleans take on and off. In every place `set`, `show`, `save` and `discard` work too.",
	);
	lines.push("", "| place | word | parameter | |", "| --- | --- | --- | --- |");
	lines.push(...areaRows(configurationTree, "configure"));
	return `${lines.join("\n")}\n`;
}

if (import.meta.url === pathToFileURL(argv[1]).href) writeFileSync(join(projectRoot, consolePage), consoleMarkdown());
