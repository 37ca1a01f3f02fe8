// SPDX-License-Identifier: Apache-2.0
//
// All readers in TypeScript that are fuzzed.

import type { Target } from "../target.js";
import { flashFileTarget } from "./flash-file.js";
import { imageTarget } from "./image.js";
import { selectTarget } from "./select.js";
import { signatureTarget } from "./signature.js";
import { storeTarget } from "./store.js";

export const targets: readonly Target[] = [imageTarget, signatureTarget, selectTarget, flashFileTarget, storeTarget];
