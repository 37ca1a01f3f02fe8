// SPDX-License-Identifier: Apache-2.0
//
// Makes the pictures of docs/web.md of a real gateway in Debian's Chromium: `npm run screenshots`.

import { join } from "node:path";
import { desktop, launch, Person, phone } from "./browser.js";
import { Site } from "./site.js";
import { projectRoot } from "../../tools/build/index.js";

const folder = join(projectRoot, "docs/web");

async function shoot(person: Person, name: string): Promise<void> {
	await person.page.waitForTimeout(600);
	await person.page.screenshot({ path: join(folder, `${name}.png`) });
}

const site = await Site.open({ ini: "HostName = 'lobby'\nAutoUpdateOnStartup = 0\n" });
const browser = await launch();
try {
	const small = { ...desktop, viewport: { width: 900, height: 560 } };
	const person = await Person.sit(browser, site.url, small);
	await shoot(person, "set-password");
	await person.setUp();
	await shoot(person, "status");
	await person.go("Advanced Parameters");
	await shoot(person, "sip-remote-reset");
	await person.go("Firmware");
	await shoot(person, "firmware");
	const walker = await Person.sit(browser, site.url, { ...phone, colorScheme: "dark" });
	await walker.logIn();
	await walker.page.getByRole("heading", { name: "Status", level: 1 }).waitFor();
	await walker.go("Update Now");
	await shoot(walker, "phone-dark");
} finally {
	await browser.close();
	await site.close();
}
