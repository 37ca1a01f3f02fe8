// SPDX-License-Identifier: Apache-2.0
//
// Conformance of `embedded:io/socket/tcp`.

import { testSuite } from "./io-program.js";
import { startPeers } from "./tcp-peers.js";

const peers = await startPeers();
await testSuite("tcp", peers.options, 26).finally(peers.stop);
