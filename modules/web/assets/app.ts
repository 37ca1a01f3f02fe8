// SPDX-License-Identifier: Apache-2.0
//
// Begins: asks who is logged in, then shows the log-in or the page that the address names.

import { get, messageOf, post, useToken } from "./api.js";
import { announce, byId, fill, h, note } from "./dom.js";
import { listen, resumeLive, startLive, stopLive } from "./live.js";
import { showLogIn, type SessionState } from "./log-in.js";
import { drawNavigation, type NavigationPage, views } from "./navigation.js";

let leave: () => void = () => undefined;
let session: SessionState = { state: "login", name: "Gateway" };
let pages: NavigationPage[] = [];
/** Version before the connection was lost. */
let version = "";
/** Something was typed or chosen on the page that is shown. */
let typed = false;
/** A page with what was typed, set aside when the session ended by itself, and for which log-in it still fits. */
let aside: { page: Node[]; fits: string } | undefined;

/** What a page depends on besides its device's values. */
const circumstances = (): string => `${location.hash} ${session.version} ${session.readOnly}`;

function drawTop(): void {
	const menu = h("button", { id: "menu", type: "button", "aria-expanded": "false", "aria-controls": "nav" }, "Menu");
	menu.addEventListener("click", () => {
		const shown = byId("nav").classList.toggle("shown");
		menu.setAttribute("aria-expanded", String(shown));
	});
	const open = session.state === "open";
	const logOut = h("button", { type: "button", click: () => void endSession() }, "Log out");
	const link = h("span", { id: "link", role: "status" });
	fill(
		byId("top"),
		open && menu,
		h("strong", {}, session.name),
		open && h("span", { class: "hint" }, `${session.model ?? ""} ${session.version ?? ""}`),
		h("span", { class: "grow" }),
		link,
		open && logOut,
	);
	document.title = session.name;
}

async function endSession(): Promise<void> {
	typed = false;
	await post("/api/logout").catch(() => undefined);
	await begin();
}

function leavePage(): void {
	leave();
	leave = () => undefined;
}

/** @param moved whether the person has asked for this page, and is to be led to it */
async function show(moved: boolean): Promise<void> {
	leavePage();
	typed = false;
	const main = byId("main");
	const path = location.hash.replace(/^#\//, "") || "status";
	const view = views(pages).find((item) => item.path === path);
	drawNavigation(byId("nav"), pages, path);
	byId("nav").classList.remove("shown");
	byId("menu").setAttribute("aria-expanded", "false");
	const title = view?.way.at(-1) ?? "Not found";
	const way = view !== undefined && view.way.length > 1 && h("p", { class: "way" }, view.way.slice(0, -1).join(" › "));
	const body = h("div", {});
	fill(main, way, h("h1", {}, title), body);
	document.title = `${title} – ${session.name}`;
	if (moved) main.focus({ preventScroll: true });
	scrollTo(0, 0);
	// While the device takes an upload, others wait.
	const waiting = note("Waiting for the device …");
	const timer = setTimeout(() => body.prepend(waiting), 1000);
	try {
		leave = (await view?.draw(body, session)) ?? (() => undefined);
		if (view === undefined) fill(body, note("There is no such page.", "bad"));
	} catch (error) {
		fill(body, note(messageOf(error), "bad"));
	} finally {
		clearTimeout(timer);
		waiting.remove();
	}
}

/** @param fits what the page depended on while the session was open */
function drawLogIn(fits: string): void {
	const main = byId("main");
	if (typed) aside = { page: [...main.childNodes], fits };
	else leavePage();
	typed = false;
	stopLive();
	byId("nav").hidden = true;
	showLogIn(main, session, () => void begin());
}

/** @returns whether a page that was set aside is back */
function takeBack(): boolean {
	const kept = aside;
	aside = undefined;
	if (kept?.fits !== circumstances()) return false;
	byId("main").replaceChildren(...kept.page);
	typed = true;
	announce("Logged in again. What was typed is still here, and not submitted yet.");
	return true;
}

/** After a break. In the same session the page stays as it is, with what was typed. */
function goOn(now?: SessionState): void {
	if (now?.state === "open" && now.token === session.token && now.readOnly === session.readOnly) resumeLive(goOn);
	else void begin();
}

async function begin(): Promise<void> {
	const before = circumstances();
	try {
		session = await get<SessionState>("/api/session");
	} catch (error) {
		return fill(byId("main"), note(`The device does not answer: ${messageOf(error)}`, "bad"));
	}
	useToken(session.token ?? "");
	drawTop();
	if (session.state !== "open") return drawLogIn(before);
	if (version !== "" && version !== session.version) announce(`Now running version ${session.version ?? ""}`);
	version = session.version ?? "";
	pages = await get<NavigationPage[]>("/api/pages");
	byId("nav").hidden = false;
	startLive(goOn);
	if (!takeBack()) await show(false);
}

/** In another tab somebody may have logged in meanwhile. */
async function lookAgain(): Promise<void> {
	if (session.state === "open" || document.visibilityState !== "visible") return;
	const now = await get<SessionState>("/api/session").catch(() => undefined);
	if (now?.state === "open") await begin();
}

listen("link", (up) => {
	const link = document.getElementById("link");
	if (link !== null) link.textContent = up ? "" : "Connection lost – waiting for the device";
});
document.addEventListener("logged-out", () => {
	if (session.state === "open") void begin();
});
byId("main").addEventListener("input", () => (typed = session.state === "open"));
document.addEventListener("visibilitychange", () => void lookAgain());
addEventListener("focus", () => void lookAgain());
addEventListener("hashchange", () => {
	if (session.state === "open") void show(true);
});
void begin();
