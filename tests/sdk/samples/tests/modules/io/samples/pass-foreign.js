/*---
flags: [module]
---*/

import UDP from "embedded:io/socket/udp";

const udp = new UDP({});
for (const foreign of [new $TESTMC.HostObject(), new $TESTMC.HostObjectChunk(), new $TESTMC.HostBuffer(8), "text"]) {
	assert.throws(SyntaxError, () => udp.read.call(foreign));
}
udp.close();
