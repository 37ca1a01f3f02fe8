// SPDX-License-Identifier: Apache-2.0
//
// One script module to the JavaScript that XS 13 reads: TypeScript without its types (ES2022), JSON as a frozen
// object, native bindings lowered. No type check: `npm run check` does that for the whole program at once.

import { basename, extname, relative } from "node:path";
import ts from "typescript";
import { BuildError } from "./error.js";
import { frozenLiteral, parseJson } from "./json.js";
import { checkNatives, lowerNatives, mayHaveNatives } from "./native.js";

export interface Transpiled {
	js: string;
	/** source map, its `sources` relative to the project */
	map?: string;
}

const compilerOptions: ts.CompilerOptions = {
	target: ts.ScriptTarget.ES2022,
	module: ts.ModuleKind.ES2022,
	isolatedModules: true,
	sourceMap: true,
	useDefineForClassFields: true,
	removeComments: false,
	newLine: ts.NewLineKind.LineFeed,
};

function diagnosticText(diagnostic: ts.Diagnostic, path: string): string {
	const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n");
	if (diagnostic.file === undefined) return `${path}: ${text}`;
	const { line, character } = diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start ?? 0);
	return `${path}:${line + 1}:${character + 1}: ${text}`;
}

function transpileTypeScript(text: string, path: string, root: string, output: string): Transpiled {
	if (mayHaveNatives(text)) checkNatives(text, path);
	const result = ts.transpileModule(text, { compilerOptions, fileName: path, reportDiagnostics: true });
	const errors = (result.diagnostics ?? []).filter((item) => item.category === ts.DiagnosticCategory.Error);
	if (errors.length > 0) {
		throw new BuildError("SOURCE_SYNTAX", errors.map((item) => diagnosticText(item, path)).join("\n"));
	}
	const js = result.outputText.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n");
	const map = JSON.parse(result.sourceMapText ?? "{}") as { file: string; sources: string[] };
	map.file = basename(output);
	map.sources = [relative(root, path)];
	return { js: mayHaveNatives(js) ? lowerNatives(js, path) : js, map: JSON.stringify(map) };
}

/**
 * Makes the JavaScript of one module.
 * @param path absolute path of the source: .ts, .js, .mjs or .json
 * @param root absolute path of the project
 * @param output absolute path of the .js file to be
 * @throws BuildError SOURCE_SYNTAX, NATIVE_FORM, MANIFEST_SYNTAX (bad JSON), each with `path:line:column`
 */
export function transpile(text: string, path: string, root: string, output: string): Transpiled {
	switch (extname(path)) {
		case ".ts":
			return transpileTypeScript(text, path, root, output);
		case ".json":
			return { js: `export default ${frozenLiteral(parseJson(text, path))};\n` };
		default:
			return { js: mayHaveNatives(text) ? lowerNatives(text, path) : text };
	}
}
