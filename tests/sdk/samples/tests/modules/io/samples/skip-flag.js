/*---
flags: [module, CanBlockIsFalse]
---*/

assert(true);
