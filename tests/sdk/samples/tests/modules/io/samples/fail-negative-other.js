/*---
negative:
  phase: runtime
  type: TypeError
flags: [module]
---*/

assert(false);
