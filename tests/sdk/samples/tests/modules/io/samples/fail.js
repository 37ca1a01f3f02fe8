/*---
flags: [module]
---*/

trace("before ", "the failure\n");
assert.sameValue(1, 2, "numbers");
