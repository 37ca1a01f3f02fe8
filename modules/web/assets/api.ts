// SPDX-License-Identifier: Apache-2.0
//
// Requests to the device. What changes something carries the token that the device gave to this page.

export interface Fault {
	code: string;
	message: string;
	reason?: string;
	seconds?: number;
	fields?: { name: string; message: string }[];
}

export class Refusal extends Error {
	readonly status: number;
	readonly fault: Fault;
	/** The whole answer. */
	readonly answer: unknown;

	constructor(status: number, answer: unknown) {
		const { error } = answer as { error?: Fault };
		super(error?.message ?? (status === 413 ? "the file is too large" : `refused (${status})`));
		this.status = status;
		this.fault = error ?? { code: "", message: this.message };
		this.answer = answer;
	}
}

let token = "";

export function useToken(text: string): void {
	token = text;
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return {};
	}
}

function judge(status: number, text: string): unknown {
	const answer = parse(text);
	if (status >= 200 && status < 300) return answer;
	const refusal = new Refusal(status, answer);
	if (refusal.fault.code === "WEB_LOGIN") document.dispatchEvent(new Event("logged-out"));
	throw refusal;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The device takes few connections at a time: one that it had no room for is tried again. */
export async function get<Answer>(path: string): Promise<Answer> {
	for (let tries = 1; ; tries++) {
		let response: Response;
		try {
			response = await fetch(path, { cache: "no-store" });
		} catch (error) {
			if (tries === 4) throw error;
			await pause(400 * tries);
			continue;
		}
		return judge(response.status, await response.text()) as Answer;
	}
}

export async function post<Answer>(path: string, value: object = {}): Promise<Answer> {
	const headers = { "Content-Type": "application/json", "X-CSRF-Token": token };
	const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(value) });
	return judge(response.status, await response.text()) as Answer;
}

/** Sends a file as it is. @param onProgress part that is sent, 0 to 1 */
export function send<Answer>(
	path: string,
	body: Blob | string,
	type: string,
	onProgress?: (part: number) => void,
): Promise<Answer> {
	return new Promise((resolve, reject) => {
		const request = new XMLHttpRequest();
		request.open("POST", path);
		request.setRequestHeader("Content-Type", type);
		request.setRequestHeader("X-CSRF-Token", token);
		request.upload.onprogress = ({ loaded, total }) => onProgress?.(total > 0 ? loaded / total : 0);
		request.onerror = () => reject(new Error("the connection broke"));
		request.onload = () => {
			try {
				resolve(judge(request.status, request.responseText) as Answer);
			} catch (error) {
				reject(error as Error);
			}
		};
		request.send(body);
	});
}

export function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
