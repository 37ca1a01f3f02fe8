/*---
flags: [async, module]
---*/

$DONE("the reason");
