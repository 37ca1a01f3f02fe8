/*---
flags: [async, module]
---*/

await $NETWORK.resolve("www.example.com");
$DONE();
