/*---
flags: [module]
---*/

assert.throws(Error, () => undefined, "quiet");
