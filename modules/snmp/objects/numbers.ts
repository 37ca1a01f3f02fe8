// SPDX-License-Identifier: Apache-2.0
//
// Where our groups hang in the tree of object identifiers.

/** RFC 3418. */
export const mib2: readonly number[] = Object.freeze([1, 3, 6, 1, 2, 1]);
/** RFC 3418. */
export const snmpV2: readonly number[] = Object.freeze([1, 3, 6, 1, 6, 3]);
/** Placeholder: not assigned to us. To be replaced, here, in engine.ts and in the MIB, by whoever ships a product. */
export const enterprise: readonly number[] = Object.freeze([1, 3, 6, 1, 4, 1, 63333]);
/** The enterprise of the gateways whose objects ours are shaped after. */
export const original: readonly number[] = Object.freeze([1, 3, 6, 1, 4, 1, 5003]);
/** Behind either: acProducts.acBoardMibs.acSystem. */
export const systemPart: readonly number[] = Object.freeze([9, 10, 10]);
/** Behind either: acBoard, whose notifications and their variables we have. */
export const boardPart: readonly number[] = Object.freeze([9, 10, 1]);
