// SPDX-License-Identifier: Apache-2.0
//
// Debian's Chromium, driven by playwright-core. The gateway's certificate is a private one, as on a new device. Node only.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { password } from "./site.js";

const patienceMs = 60_000;

/** What axe-core finds, as far as it is used here. */
interface Finding {
	id: string;
	impact: string;
	nodes: { html: string }[];
}

export function launch(): Promise<Browser> {
	const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"];
	return chromium.launch({ executablePath: "/usr/bin/chromium", args });
}

export const desktop = { viewport: { width: 1100, height: 800 } };
export const phone = { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true };

/** A person at a browser; fails a test for what the console of the browser complains of. */
export class Person {
	readonly page: Page;
	readonly complaints: string[] = [];
	readonly outside: string[] = [];
	readonly #context: BrowserContext;

	private constructor(context: BrowserContext, page: Page, url: string) {
		this.#context = context;
		this.page = page;
		page.on("pageerror", (error) => this.complaints.push(error.message));
		page.on("console", (message) => {
			if (message.type() === "error") this.complaints.push(message.text());
		});
		page.on("request", (request) => {
			if (!request.url().startsWith(url) && !request.url().startsWith("data:")) this.outside.push(request.url());
		});
	}

	static async sit(browser: Browser, url: string, options: object = desktop): Promise<Person> {
		const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options });
		context.setDefaultTimeout(patienceMs);
		const page = await context.newPage();
		const person = new Person(context, page, url);
		await page.goto(url);
		return person;
	}

	/** The first password. */
	async setUp(): Promise<void> {
		await this.page.getByLabel("New password").fill(password);
		await this.page.getByLabel("The same again").fill(password);
		await this.page.getByRole("button", { name: "Set password" }).click();
		await this.page.getByRole("heading", { name: "Status", level: 1 }).waitFor();
	}

	async logIn(word = password): Promise<void> {
		await this.page.getByLabel("Password").fill(word);
		await this.page.getByRole("button", { name: "Log in" }).click();
	}

	/** Clicks a page in the navigation, and waits for its title. */
	async go(title: string): Promise<void> {
		const menu = this.page.getByRole("button", { name: "Menu" });
		if (await menu.isVisible()) await menu.click();
		await this.page.getByRole("navigation").getByRole("link", { name: title, exact: true }).click();
		await this.page.getByRole("heading", { name: title, level: 1 }).waitFor();
	}

	/** Titles of the navigation above a link, from the top. */
	async wayTo(title: string): Promise<string[]> {
		const link = this.page.getByRole("navigation").getByRole("link", { name: title, exact: true });
		return link.evaluate((element: { closest(selector: string): unknown }) => {
			interface Item {
				parentElement: Item | null;
				querySelector(selector: string): { textContent: string } | null;
				closest(selector: string): Item | null;
			}
			const titles: string[] = [];
			let item = (element as unknown as Item).closest("li")?.parentElement?.closest("li") ?? null;
			for (; item !== null; item = item.parentElement?.closest("li") ?? null)
				titles.unshift(item.querySelector(":scope > span")?.textContent ?? "");
			return titles;
		});
	}

	/** Judges the page as it is now. @returns serious faults of accessibility */
	async faults(): Promise<string[]> {
		const require = createRequire(import.meta.url);
		const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
		// Evaluated, not added as a script: the policy of the pages forbids that, as it should.
		await this.page.evaluate(`${axe}; undefined`);
		const { violations } = await this.page.evaluate<{ violations: Finding[] }>("axe.run()");
		const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
		return serious.map(
			({ id, nodes }) =>
				`${id}: ${nodes
					.map(({ html }) => html)
					.join(" ")
					.slice(0, 300)}`,
		);
	}

	/** @param but complaints that the test itself has brought about */
	async leave(but = /^$/): Promise<void> {
		await this.#context.close();
		assert.deepEqual(
			this.complaints.filter((text) => !but.test(text)),
			[],
		);
		assert.deepEqual(this.outside, [], "nothing outside the device is asked");
	}
}
