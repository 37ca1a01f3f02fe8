/*---
flags:
  - module
---*/

import numbers from "./numbers-fixture.js";
import { answer } from "./numbers-fixture.js";

assert.sameValue(numbers.answer, answer);
