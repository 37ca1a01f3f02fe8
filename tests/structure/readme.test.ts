// SPDX-License-Identifier: Apache-2.0
//
// The README tells the truth about paths and commands.
// node-only: reads the tree.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "node:test";
import { projectRoot } from "../../tools/build/index.js";
import { projectFiles } from "../../tools/lib/check.js";

const readmes = ["README.md", ...projectFiles(["README.md"], "modules"), ...projectFiles(["README.md"], "hosts")];

/** Paths in backquotes that begin with a folder of the project, or name a file beside the README. */
function paths(readme: string): string[] {
	const text = readFileSync(join(projectRoot, readme), "utf8");
	const quoted = [...text.matchAll(/`([A-Za-z0-9_./-]+)`/g)].map((match) => match[1]);
	const rooted = quoted.filter((path) => /^(modules|hosts|tools|tests)\/[a-z]/.test(path));
	return rooted.map((path) => path.replace(/\/$/, ""));
}

test("every path of the project that a README names exists", () => {
	const missing = readmes.flatMap((readme) =>
		paths(readme)
			.filter((path) => !existsSync(join(projectRoot, path)) && !existsSync(join(projectRoot, dirname(readme), path)))
			.map((path) => `${readme}: ${path}`),
	);
	assert.deepEqual(missing, []);
});

test("every npm script and tool in the README's shell blocks exists", () => {
	const text = readFileSync(join(projectRoot, "README.md"), "utf8");
	const { scripts } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
		scripts: Record<string, string>;
	};
	const lines = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap((match) => match[1].trim().split("\n"));
	assert.ok(lines.length >= 5);
	for (const line of lines) {
		const [command, second] = line.split(" ");
		if (command === "npm") assert.ok(["run", "install"].includes(second) || second in scripts, line);
		else if (command.includes("/")) assert.ok(existsSync(join(projectRoot, command)), line);
		else assert.ok(["echo", "picocom", "tio", "xs-dev"].includes(command), line);
	}
});

test("every module and host folder has a manifest and a README", () => {
	const folders = new Set(projectFiles(["manifest.json"], "modules").map((path) => dirname(path)));
	assert.ok(folders.size >= 9);
	for (const folder of folders) assert.ok(existsSync(join(projectRoot, folder, "README.md")), folder);
});
