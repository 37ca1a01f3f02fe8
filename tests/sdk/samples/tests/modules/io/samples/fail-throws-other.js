/*---
flags: [module]
---*/

assert.throws(Error, () => {
	throw new RangeError("a subclass is another class");
});
