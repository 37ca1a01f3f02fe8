/*---
flags: [async, module]
---*/

await new Promise(() => undefined);
