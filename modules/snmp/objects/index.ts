// SPDX-License-Identifier: Apache-2.0
//
// All groups in the order of the tree; a second list answers under the original's identifiers too.

import { group, type Group } from "../node.js";
import { gatewayNodes } from "./gateway.js";
import { enterprise, original, systemPart } from "./numbers.js";
import { ownNodes } from "./own.js";
import { standardAfter, standardBefore } from "./standard.js";

const ours: readonly Group[] = [
	group([...enterprise, 1], ownNodes),
	group([...enterprise, ...systemPart], gatewayNodes),
];
const theirs: readonly Group[] = [group([...original, ...systemPart], gatewayNodes)];

export const groups: readonly Group[] = Object.freeze([...standardBefore, ...ours, ...standardAfter]);
export const groupsWithOriginal: readonly Group[] = Object.freeze([
	...standardBefore,
	...theirs,
	...ours,
	...standardAfter,
]);
