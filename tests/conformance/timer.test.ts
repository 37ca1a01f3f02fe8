// SPDX-License-Identifier: Apache-2.0
//
// Conformance of the `timer` module.

import { testSuite } from "./io-program.js";

await testSuite("timer", [], 10);
