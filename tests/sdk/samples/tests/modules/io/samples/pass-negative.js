/*---
negative:
  phase: runtime
  type: Test262Error
flags: [module]
---*/

assert(false);
