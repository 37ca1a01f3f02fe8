// SPDX-License-Identifier: Apache-2.0
//
// Lowers native bindings from the form of Moddable SDK 8 to the syntax XS 13 knows:
//   class X extends Native("d") { constructor(o) { super(); native("c").call(this, o); } read(n) { return native("r").call(this, n); } }
//   class X @ "d" { constructor(o) @ "c" read(n) @ "r" }
// Only whole bodies: the C function gets the parameters as they came, so the call must pass them all, in order.
// Lines keep their numbers, so a source map made before the lowering stays right.

import ts from "typescript";
import { BuildError } from "./error.js";

interface Replacement {
	start: number;
	end: number;
	text: string;
}

const namePattern = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Type assertions and parentheses do not exist at run time. */
function strip(node: ts.Expression): ts.Expression {
	if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) return strip(node.expression);
	if (ts.isNonNullExpression(node) || ts.isSatisfiesExpression(node)) return strip(node.expression);
	return ts.isTypeAssertionExpression(node) ? strip(node.expression) : node;
}

/** The C name of `native("name")` or `Native("name")`, undefined for any other expression. */
function nativeName(node: ts.Expression, keyword: "native" | "Native"): string | undefined {
	if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression) || node.expression.text !== keyword)
		return undefined;
	const [name] = node.arguments;
	if (node.arguments.length !== 1 || name === undefined || !ts.isStringLiteral(name)) return undefined;
	return namePattern.test(name.text) ? name.text : undefined;
}

/** The statement that calls the native, or undefined when the body holds anything else. */
function onlyStatement(node: ts.FunctionLikeDeclaration): ts.Expression | undefined {
	const { body } = node;
	if (body === undefined || !ts.isBlock(body)) return undefined;
	let statements = [...body.statements];
	const [first] = statements;
	if (ts.isConstructorDeclaration(node) && first !== undefined && ts.isExpressionStatement(first)) {
		const call = first.expression;
		if (
			ts.isCallExpression(call) &&
			call.expression.kind === ts.SyntaxKind.SuperKeyword &&
			call.arguments.length === 0
		) {
			statements = statements.slice(1);
		}
	}
	const [statement] = statements;
	if (statements.length !== 1 || statement === undefined) return undefined;
	if (ts.isReturnStatement(statement)) return statement.expression;
	return ts.isExpressionStatement(statement) ? statement.expression : undefined;
}

function passesParameter(parameter: ts.ParameterDeclaration, argument: ts.Expression | undefined): boolean {
	if (argument === undefined || !ts.isIdentifier(parameter.name) || parameter.initializer !== undefined) return false;
	const rest = parameter.dotDotDotToken !== undefined;
	const value = rest && ts.isSpreadElement(argument) ? argument.expression : argument;
	return rest === ts.isSpreadElement(argument) && ts.isIdentifier(value) && value.text === parameter.name.text;
}

/** The C name when the function's whole body is a native call with all parameters in order. */
function wholeBody(node: ts.FunctionLikeDeclaration): string | undefined {
	const expression = onlyStatement(node);
	if (expression === undefined || node.asteriskToken !== undefined || ts.isArrowFunction(node)) return undefined;
	if (ts.getModifiers(node as ts.HasModifiers)?.some((modifier) => modifier.kind === ts.SyntaxKind.AsyncKeyword))
		return undefined;
	const call = strip(expression);
	if (!ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression)) return undefined;
	if (call.expression.name.text !== "call") return undefined;
	const [self, ...passed] = call.arguments.map(strip);
	const parameters = node.parameters.filter(
		(parameter) => !(ts.isIdentifier(parameter.name) && parameter.name.text === "this"),
	);
	if (self?.kind !== ts.SyntaxKind.ThisKeyword || passed.length !== parameters.length) return undefined;
	if (!parameters.every((parameter, index) => passesParameter(parameter, passed[index]))) return undefined;
	return nativeName(strip(call.expression.expression), "native");
}

class Scanner {
	readonly replacements: Replacement[] = [];
	readonly #source: ts.SourceFile;
	readonly #path: string;

	constructor(source: ts.SourceFile, path: string) {
		this.#source = source;
		this.#path = path;
	}

	visit(node: ts.Node): void {
		if (ts.isClassLike(node) && this.#visitNativeClass(node)) return;
		if (ts.isFunctionLike(node) && "body" in node) {
			const name = wholeBody(node as ts.FunctionLikeDeclaration);
			if (name !== undefined) {
				this.#replace((node as ts.FunctionLikeDeclaration).body, name);
				return;
			}
		}
		if (this.#isStray(node)) {
			this.#fail(
				node,
				'a native call must be the whole body: { return native("name").call(this, ...all parameters in order); }',
			);
		}
		ts.forEachChild(node, (child) => this.visit(child));
	}

	#visitNativeClass(node: ts.ClassLikeDeclaration): boolean {
		const clause = node.heritageClauses?.find((item) => item.token === ts.SyntaxKind.ExtendsKeyword);
		const base = clause?.types[0];
		const name = base && nativeName(strip(base.expression), "Native");
		if (clause === undefined || name === undefined) return false;
		this.#replace(clause, name);
		for (const member of node.members) {
			if (ts.isConstructorDeclaration(member) && member.body !== undefined && wholeBody(member) === undefined) {
				this.#fail(member, "the constructor of a native class must be native, its whole body");
			}
			this.visit(member);
		}
		return true;
	}

	#isStray(node: ts.Node): boolean {
		if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) return false;
		return node.expression.text === "native" || node.expression.text === "Native";
	}

	#replace(node: ts.Node | undefined, name: string): void {
		if (node === undefined) return;
		const start = node.getStart(this.#source);
		const lines = this.#source.text.slice(start, node.end).split("\n").length - 1;
		this.replacements.push({ start, end: node.end, text: `@ "${name}"${"\n".repeat(lines)}` });
	}

	#fail(node: ts.Node, what: string): never {
		const { line, character } = this.#source.getLineAndCharacterOfPosition(node.getStart(this.#source));
		throw new BuildError("NATIVE_FORM", `${this.#path}:${line + 1}:${character + 1}: ${what}`);
	}
}

function scan(text: string, path: string, kind: ts.ScriptKind): Replacement[] {
	const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true, kind);
	const scanner = new Scanner(source, path);
	scanner.visit(source);
	return scanner.replacements;
}

/** True when a text may hold native bindings; a cheap test before parsing it again. */
export function mayHaveNatives(text: string): boolean {
	return /\b[nN]ative\s*\(/.test(text);
}

/**
 * Checks the native bindings of a TypeScript source, so that errors have its lines.
 * @throws BuildError NATIVE_FORM with `path:line:column`
 */
export function checkNatives(text: string, path: string): void {
	scan(text, path, ts.ScriptKind.TS);
}

/**
 * Rewrites the native bindings of JavaScript (the compiler's output).
 * @returns the text with the same number of lines
 * @throws BuildError NATIVE_FORM with `path:line:column`
 */
export function lowerNatives(text: string, path: string): string {
	let result = text;
	for (const { start, end, text: lowered } of scan(text, path, ts.ScriptKind.JS).sort((a, b) => b.start - a.start)) {
		result = result.slice(0, start) + lowered + result.slice(end);
	}
	return result;
}
