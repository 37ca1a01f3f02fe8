/*---
flags: [async, module]
---*/

$NETWORK.resolve($NETWORK.invalidDomain).then(
	() => $DONE("an address for a name without"),
	() => $DONE(),
);
