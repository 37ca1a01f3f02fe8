/*---
flags: [async, module]
---*/

import Timer from "timer";

Timer.set(
	$DO(() => assert.sameValue("a", "b")),
	1,
);
