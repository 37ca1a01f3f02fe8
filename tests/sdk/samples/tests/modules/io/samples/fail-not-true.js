/*---
flags: [module]
---*/

assert(1);
