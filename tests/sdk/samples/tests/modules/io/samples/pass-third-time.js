/*---
description: compares with the clock, and is right only now and then; the state is in the flash
flags: [module]
---*/

import flash from "embedded:storage/flash";

const partition = flash.open({ path: "xs_test" });
const runs = new Uint8Array(partition.read(2, 0));
const count = runs.indexOf(0xff);
if (count >= 0) partition.write(Uint8Array.of(0), count);
partition.close();
assert(Date.now() > 0 && count < 0, "run " + (count + 1));
