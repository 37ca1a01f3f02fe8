// SPDX-License-Identifier: Apache-2.0
//
// Board on Linux, and the engine it runs on.

import { testSuite } from "./io-program.js";

await testSuite("board", ["--clock", "2031-02-03T04:05:06Z", "--port", "sip=5060"], 6);
