/*---
description: an exception that nobody catches ends the program
flags: [async, module]
---*/

import Timer from "timer";

Timer.set(() => {
	throw new Error("thrown in a callback");
}, 1);
