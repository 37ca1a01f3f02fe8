// SPDX-License-Identifier: Apache-2.0
//
// The ini text that is parsed: a piece of about 4 KB of whole lines, 256 times.

export const pieces = 256;

function iniLine(i: number): string {
	const name = `ParameterNumber_${i}`;
	if (i % 4 === 0) return `; a comment before parameter ${name}\r\n${name} = ${i * 37}\r\n`;
	return i % 4 === 1 ? `${name} = 'a value with blanks ${i}'\r\n` : `${name} = value-of-${i}.example.com\r\n`;
}

export function iniPiece(): string {
	let text = "";
	for (let i = 0; text.length < 4040; i++) text += iniLine(i);
	return text;
}
