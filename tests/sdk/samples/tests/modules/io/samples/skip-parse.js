/*---
negative:
  phase: parse
  type: SyntaxError
flags: [module]
---*/

assert(true);
