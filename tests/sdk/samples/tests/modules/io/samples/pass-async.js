/*---
description: ends by $DONE, from a callback
flags: [async, module]
---*/

import Timer from "timer";

await $NETWORK.connected;
$TESTMC.timeout(5_000);
const { promise, resolve } = Promise.withResolvers();
Timer.set(() => resolve("now"), 1);
assert.sameValue(await promise, "now");
Timer.set(
	$DO(() => assert(true)),
	1,
);
