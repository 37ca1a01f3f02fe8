/*---
flags: module
---*/

assert(true);
