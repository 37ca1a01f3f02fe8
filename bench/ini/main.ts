// SPDX-License-Identifier: Apache-2.0
//
// Parses 1 MB of ini text `rounds` times, in pieces of 4 KB, as a download brings it: the program that bench/table measures. One JSON
// line tells the end.

import { encodeUTF8 } from "upgate/bytes/text";
import { IniParser } from "upgate/ini/parse";
import Board from "upgate/linux/board";
import { iniPiece, pieces } from "./text.js";

export default function main(): void {
	const board = new Board();
	const piece = encodeUTF8(iniPiece());
	let entries = 0;
	for (let round = Number(board.option("rounds")); round > 0; round--) {
		const parser = new IniParser({ onEntry: () => void entries++ });
		for (let i = 0; i < pieces; i++) parser.write(piece);
		parser.end();
	}
	board.event({ entries });
}
