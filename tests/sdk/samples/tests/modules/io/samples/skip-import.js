/*---
flags: [module]
---*/

import PWM from "embedded:io/pwm";

assert.sameValue(typeof PWM, "function");
