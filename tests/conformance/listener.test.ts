// SPDX-License-Identifier: Apache-2.0
//
// Conformance of `embedded:io/socket/listener`.

import { testSuite } from "./io-program.js";

await testSuite("listener", [], 10);
