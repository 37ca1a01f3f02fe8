/*---
includes: [propertyHelper.js]
flags: [module]
---*/

assert(true);
