/*---
flags: [noStrict]
---*/

assert(true);
