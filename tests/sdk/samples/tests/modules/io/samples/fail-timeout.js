/*---
flags: [async, module]
---*/

$TESTMC.timeout(1, "nothing came");
