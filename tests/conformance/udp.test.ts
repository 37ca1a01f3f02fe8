// SPDX-License-Identifier: Apache-2.0
//
// Conformance of `embedded:io/socket/udp`.

import { testSuite } from "./io-program.js";

await testSuite("udp", [], 11);
