// SPDX-License-Identifier: Apache-2.0
//
// Reads an ini file as a stream: `Name = value` lines, comments, sections, tables.
// Knows no parameter names and no tables. Grammar: the formatting rules of the AudioCodes MP-11x SIP User's Manual 6.6 (LTRT-65432).
//
//   outside --"[ X ]"--> section --"FORMAT ..."--> table --"[ \X ]"--> outside
//                        section --"[ \X ]" (empty table)-----------> outside

import { ParseError } from "../bytes/error.js";
import { IniError, type Position } from "./error.js";
import { LineSplitter } from "./lines.js";
import { RowIndexes } from "./row-indexes.js";
import {
	checkControls,
	decodeLine,
	isFormatLine,
	kindOfLine,
	markOfLine,
	scanBracket,
	scanEntry,
	skipBlanks,
	trimBytes,
	trimLine,
	type IniMark,
	type LineKind,
	type ValueForm,
} from "./scan.js";
import { scanFormat, scanRow, type TableFormat, type TableRow } from "./table.js";

/** A `Name = value` line. `Name_0` and the like are names as they stand. */
export interface IniEntry extends Position {
	readonly kind: "entry";
	readonly name: string;
	readonly value: string;
	readonly form: ValueForm;
	/** Where the value begins. */
	readonly valuePosition: Position;
}

/** `[ Name ]`: a section, or the title of a table, which only the next lines tell. */
export interface IniSection extends Position {
	readonly kind: "section";
	readonly name: string;
}

interface IniTablePart extends Position {
	readonly kind: "table";
	/** Name in the title. */
	readonly table: string;
	/** The line without blanks around it; empty for `end`. */
	readonly text: string;
}

/** A line of a table. `format` opens the table, `end` closes it; an empty table has the end only. */
export type IniTableLine =
	| (IniTablePart & TableFormat & { readonly part: "format" })
	| (IniTablePart & TableRow & { readonly part: "row" })
	| (IniTablePart & { readonly part: "end" });

/** What a line can be. Later kinds may come: a `switch` over it needs a branch for what it does not know. */
export type IniEvent = IniEntry | IniSection | IniTableLine;

export interface IniLimits {
	/** Longest line without its break, bytes; comments may be longer. Default 4096. */
	maxLineBytes?: number;
	/** Longest parameter name. Default 64. */
	maxNameBytes?: number;
	/** Longest file, bytes. Default 1048576. */
	maxFileBytes?: number;
	/** Rows of one table. Default 1024. */
	maxRows?: number;
}

export interface IniParserOptions extends IniLimits {
	onEntry: (entry: IniEntry) => void;
	onSection?: (section: IniSection) => void;
	/** Without it a table is a fault, INI_TABLE_UNSUPPORTED: nothing is passed over in silence. */
	onTable?: (line: IniTableLine) => void;
	/** Takes each fault, and reading goes on with the next line. Without it the first fault is thrown. */
	onProblem?: (problem: IniError) => void;
}

/** Streaming reader. An error thrown by it or by a callback closes it. */
export class IniParser {
	readonly #options: IniParserOptions;
	readonly #lines: LineSplitter;
	readonly #maxFileBytes: number;
	#title: IniSection | undefined;
	#inTable = false;
	/** Of the table at work; without it, its rows cannot be read: the format line was faulty, or nobody wants them. */
	#format: TableFormat | undefined;
	readonly #rows: RowIndexes;
	#mark: IniMark | undefined;
	#closed = false;
	/** The line at work. */
	#text: Uint8Array = new Uint8Array(0);
	#offset = 0;
	#line = 1;

	constructor(options: IniParserOptions) {
		this.#options = options;
		this.#maxFileBytes = options.maxFileBytes ?? 1048576;
		this.#rows = new RowIndexes(options.maxRows ?? 1024);
		this.#lines = new LineSplitter({
			maxLineBytes: options.maxLineBytes ?? 4096,
			onLine: (bytes, offset, line) => this.takeLine(bytes, offset, line, false),
			onLongLine: (bytes, offset, line) => this.takeLine(bytes, offset, line, true),
		});
	}

	/**
	 * Takes the next bytes of the file, of any number.
	 * @throws IniError without `onProblem`; Error after `end` or a throw
	 */
	write(chunk: Uint8Array): void {
		this.guard(() => {
			const room = this.#maxFileBytes - this.#lines.offset;
			this.#lines.write(chunk.length > room ? chunk.subarray(0, room) : chunk);
			if (chunk.length <= room) return;
			this.#closed = true;
			const position = { line: this.#lines.line, column: 1, offset: this.#maxFileBytes };
			this.report(new IniError("INI_FILE_LENGTH", position, `file above ${this.#maxFileBytes} bytes`));
		});
	}

	/**
	 * Says that the file is complete.
	 * @throws IniError without `onProblem`; Error when called twice or after a throw
	 */
	end(): void {
		this.guard(() => {
			this.#lines.end();
			this.#closed = true;
			if (this.#inTable && this.#title !== undefined) this.reportOpenTable(this.#title);
		});
	}

	/** Whether no more is taken: after `end`, after a throw, or above `maxFileBytes`. */
	get closed(): boolean {
		return this.#closed;
	}

	/** What the first line says, `#ini-incremental` or `#ini-file`; `undefined` when it says neither, or has not come. */
	get mark(): IniMark | undefined {
		return this.#mark;
	}

	/** The line that a callback is about, without blanks around it; the bytes are valid during the callback only. */
	get raw(): Uint8Array {
		return trimBytes(this.#text);
	}

	private guard(action: () => void): void {
		if (this.#closed) throw new Error("IniParser: closed");
		try {
			action();
		} catch (error) {
			this.#closed = true;
			throw error;
		}
	}

	private takeLine(bytes: Uint8Array, offset: number, line: number, isLong: boolean): void {
		const kind = kindOfLine(bytes);
		if (line === 1) this.#mark = markOfLine(bytes);
		// A long line of which only blanks are seen may say anything further on.
		if (kind === "nothing" && !(isLong && skipBlanks(bytes, 0) === bytes.length)) return;
		this.#text = bytes;
		this.#offset = offset;
		this.#line = line;
		const open = this.#inTable ? this.#title : undefined;
		let event: IniEvent | undefined;
		try {
			if (isLong) throw new ParseError("INI_LINE_LENGTH", bytes.length, `line above ${bytes.length} bytes`);
			checkControls(bytes);
			event = this.read(kind);
		} catch (error) {
			if (!(error instanceof ParseError)) throw error;
			const column = decodeLine(bytes.subarray(0, error.offset)).length + 1;
			const position = { line, column, offset: offset + error.offset };
			this.report(new IniError(error.code, position, error.message));
			return;
		}
		if (event === undefined) return;
		if (event.kind === "section" && open !== undefined) this.reportOpenTable(open);
		this.deliver(event);
	}

	/** Reads the line at work; nothing comes of the row of a table that cannot be read. @throws ParseError with the offset in it */
	private read(kind: LineKind): IniEvent | undefined {
		if (kind === "bracket") return this.readBracket();
		if (this.#inTable && this.#title !== undefined) return this.readRow(this.#title);
		return isFormatLine(this.#text) ? this.readFormat() : this.readEntry();
	}

	private readEntry(): IniEntry {
		const { name, nameAt, value, valueAt, form } = scanEntry(this.#text, this.#options.maxNameBytes ?? 64);
		const valuePosition = this.position(valueAt);
		return { kind: "entry", name, value, form, valuePosition, ...this.position(nameAt) };
	}

	private readBracket(): IniSection | IniTableLine | undefined {
		const at = skipBlanks(this.#text, 0);
		const { name, isEnd } = scanBracket(this.#text);
		const wasInTable = this.#inTable;
		const title = this.#title;
		if (isEnd && title === undefined) throw new ParseError("INI_TABLE_END", at, "end mark without a table");
		this.#inTable = false;
		if (isEnd && title !== undefined) {
			this.#title = undefined;
			if (!wasInTable) this.needTables(at);
			else if (this.#format === undefined) return undefined; // said at its format line
			return { kind: "table", part: "end", table: title.name, text: "", ...this.position(at) };
		}
		this.#title = { kind: "section", name, ...this.position(at) };
		return this.#title;
	}

	private readFormat(): IniTableLine {
		const at = skipBlanks(this.#text, 0);
		const title = this.#title;
		if (title === undefined) throw new ParseError("INI_TABLE_TITLE", at, "FORMAT line without a title");
		this.#inTable = true;
		this.#format = undefined;
		this.#rows.clear();
		this.needTables(at);
		const format = scanFormat(this.#text);
		this.#format = format;
		return { part: "format", ...this.tablePart(title, at), ...format };
	}

	private readRow(title: IniSection): IniTableLine | undefined {
		const at = skipBlanks(this.#text, 0);
		if (isFormatLine(this.#text)) throw new ParseError("INI_TABLE_FORMAT", at, "second FORMAT line");
		if (this.#format === undefined) return undefined;
		const row = scanRow(this.#text, title.name, this.#format);
		if (this.#rows.full) throw new ParseError("INI_TABLE_ROWS", at, "more rows than a table may have");
		if (!this.#rows.add(row.index)) throw new ParseError("INI_ROW_REPEATED", at, "this row was there before");
		return { part: "row", ...this.tablePart(title, at), ...row };
	}

	private tablePart(title: IniSection, at: number): IniTablePart {
		return { kind: "table", table: title.name, text: trimLine(this.#text), ...this.position(at) };
	}

	/** Said once for each table; its rows are then passed over. */
	private needTables(at: number): void {
		if (this.#options.onTable !== undefined) return;
		throw new ParseError("INI_TABLE_UNSUPPORTED", at, "tables are not taken here");
	}

	private deliver(event: IniEvent): void {
		if (event.kind === "entry") this.#options.onEntry(event);
		else if (event.kind === "section") this.#options.onSection?.(event);
		else this.#options.onTable?.(event);
	}

	private reportOpenTable(title: IniSection): void {
		this.report(new IniError("INI_TABLE_OPEN", title, "table without its end mark"));
	}

	private report(problem: IniError): void {
		if (this.#options.onProblem === undefined) throw problem;
		this.#options.onProblem(problem);
	}

	/** Before the value all bytes of a line are ASCII, so that bytes and characters agree. */
	private position(at: number): Position {
		return { line: this.#line, column: at + 1, offset: this.#offset + at };
	}
}
