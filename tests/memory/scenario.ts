// SPDX-License-Identifier: Apache-2.0
//
// A day in the life of a gateway in half a minute: start, rest, people at the pages, an SNMP walk, SIP load, the console, then an update of
// settings and firmware while all of these stay open, and the trial of the new firmware. Node only.

import { Agent, request } from "node:https";
import { type Bench, isVerdict } from "../e2e/bench.js";
import { sipp } from "../e2e/sipp.js";
import { type Plan, Site, type SiteOptions } from "./site.js";

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Parts of the scenario, in order; `update` is split further by the events of the firmware (needs.ts). */
export type Part = "boot" | "idle" | "web page open" | "SNMP walk" | "SIP load" | "console" | "update";

/** Longest wait for the gauge; a bound against hanging. */
const patienceMs = 20_000;

/** What the host says when it ends the program. */
const end = /^upgate: (.*)/m;

/** The gateway ended itself, as it does when memory is full. */
export class Crash extends Error {}

/** @throws Crash when the gateway has ended itself */
function checkAlive({ serial }: Bench): void {
	const [, reason] = end.exec(serial) ?? [];
	if (reason !== undefined) throw new Crash(reason.trim());
}

/** Ends with the reason when the gateway crashes, whatever it was doing. */
async function crash(bench: Bench, over: () => boolean): Promise<never> {
	for (; !over(); await pause(50)) checkAlive(bench);
	return new Promise(() => undefined);
}

class Play {
	readonly #site: Site;
	readonly #bench: Bench;
	readonly #gauge: boolean;
	readonly #onPart: (part: Part) => void;
	/** The page's connection, which a browser keeps. */
	readonly #page = new Agent({ keepAlive: true, maxSockets: 1 });

	constructor(site: Site, { gauge }: SiteOptions, onPart: (part: Part) => void) {
		this.#site = site;
		this.#bench = site.bench;
		this.#gauge = gauge;
		this.#onPart = onPart;
	}

	/** Ends a part: the gauge begins another stretch. */
	async #cut(part: Part): Promise<void> {
		this.#onPart(part);
		if (!this.#gauge) return;
		const signals = (): number => this.#bench.all("gauge").filter(({ cause }) => cause === "signal").length;
		const before = signals();
		process.kill(this.#bench.firmwarePid, "SIGUSR1");
		for (const deadline = Date.now() + patienceMs; signals() === before; await pause(20))
			if (Date.now() > deadline) throw new Error(`${part}: no answer of the gauge`);
	}

	async boot(listeners: boolean): Promise<void> {
		this.#bench.powerOn();
		await this.#bench.printed(listeners ? "web pages: https" : "started after power-on");
		await pause(500);
		await this.#cut("boot");
		await pause(1500);
		await this.#cut("idle");
	}

	/** A password is set, all files and a few lists are fetched, and the live values stay open. */
	async openPage(): Promise<void> {
		const { visitor } = this.#site;
		const entered = await visitor.enter("/api/setup");
		if (entered.status !== 200) throw new Error(`no log-in: ${entered.status} ${entered.body.toString()}`);
		for (const path of ["/", "/app.js", "/app.css", "/api/session", "/api/status", "/api/settings", "/api/history"])
			await visitor.ask(path);
		request(`${visitor.url}/api/events`, {
			rejectUnauthorized: false,
			headers: { cookie: visitor.cookie },
			agent: this.#page,
		})
			.on("error", () => undefined)
			.on("response", (response) => response.on("error", () => undefined).resume())
			.end();
		await pause(1500);
		await this.#cut("web page open");
	}

	async walk(): Promise<void> {
		const { stdout, stderr } = await this.#site.manager.run("snmpwalk", ".1");
		if (stdout.split("\n").length < 50) throw new Error(`no walk: ${stderr}`);
		await this.#site.manager.run("snmpbulkwalk", ".1.3.6.1.4.1");
		await this.#cut("SNMP walk");
	}

	async sipLoad(): Promise<void> {
		for (const more of [[], ["-t", "t1"]]) {
			const run = await sipp(this.#site.sipPort, "notify", ["-m", "100", "-r", "100", "-timeout", "60", ...more]);
			if (run.successful < 50) throw new Error(`SIP load: ${run.output.slice(-1000)}`);
		}
		await this.#cut("SIP load");
	}

	async console(): Promise<void> {
		for (const line of ["show settings", "show update", "show certificates", "show sip", "show memory"])
			this.#bench.type(line);
		await this.#bench.printed("native heap");
		await this.#cut("console");
	}

	/** An update by URL; meanwhile the page asks for its values, and with `load` a manager, a SIP sender and a second page go on asking. */
	async update({ listeners, load }: Plan): Promise<void> {
		const { bench } = this.#site;
		bench.type(`set IniFileURL ${this.#site.server.url}/config_<MAC>.ini`);
		bench.type("update");
		let over = false;
		const others = listeners ? [this.#watch(() => over)] : [];
		if (load)
			others.push(
				this.#poll(() => over),
				this.#look(() => over),
				this.#notify(() => over),
			);
		try {
			await bench.until(isVerdict("confirmed"));
		} finally {
			over = true;
			await Promise.all(others);
		}
		await this.#cut("update");
	}

	/** What the page does when its stream has ended, more often, as the update is as much faster here than on a chip. */
	async #watch(over: () => boolean): Promise<void> {
		let after = 0;
		for (; !over(); await pause(100)) {
			const asked = this.#site.visitor.ask(`/api/now?after=${after}`, { agent: this.#page });
			const { log = [] } = ((await asked.catch(() => undefined))?.json ?? {}) as { log?: { number: number }[] };
			after = log.at(-1)?.number ?? after;
		}
		this.#page.destroy();
	}

	async #poll(over: () => boolean): Promise<void> {
		for (; !over(); await pause(20)) await this.#site.visitor.ask("/api/status").catch(() => undefined);
	}

	async #look(over: () => boolean): Promise<void> {
		for (; !over(); await pause(50)) await this.#site.manager.get("1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.3.0");
	}

	async #notify(over: () => boolean): Promise<void> {
		for (; !over(); await pause(100))
			await sipp(this.#site.sipPort, "notify", ["-m", "3", "-r", "10", "-timeout", "2"]);
	}

	async all(plan: Plan): Promise<void> {
		const { listeners, update } = plan;
		await this.boot(listeners);
		if (listeners) {
			await this.openPage();
			await this.walk();
			await this.sipLoad();
			await this.console();
		}
		if (update !== "none") await this.update(plan);
	}
}

/** Plays the scenario. @returns the bench, switched off, with all its events. @throws Crash, or Error when something else goes wrong */
export async function play(options: SiteOptions, onPart: (part: Part) => void = () => undefined): Promise<Bench> {
	const site = await Site.make(options);
	let over = false;
	try {
		const played = new Play(site, options, onPart).all(options);
		await Promise.race([played, crash(site.bench, () => over)]);
		site.bench.all("gauge");
		return site.bench;
	} catch (error) {
		/* Whoever talked to it may notice the end before the serial line has told why. */
		await pause(200);
		checkAlive(site.bench);
		throw error;
	} finally {
		over = true;
		await site.close();
	}
}
