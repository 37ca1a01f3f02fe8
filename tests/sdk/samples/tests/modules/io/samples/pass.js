/*---
description: a module that ends without exception
flags: [module]
---*/

import { answer } from "./numbers-FIXTURE.js";

assert(answer === 42);
assert.sameValue(NaN, NaN, "SameValue");
assert.notSameValue(0, -0, "SameValue");
assert.compareArray([1, 2], Uint8Array.of(1, 2));
assert.throws(RangeError, () => new Array(-1));
