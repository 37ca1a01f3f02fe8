// SPDX-License-Identifier: Apache-2.0
//
// Module names to linked bytecode: specifiers are the program's own (`upgate/ini/parse`), relative ones are resolved against
// the importing module, a trailing `.js` is dropped.

#include "xs-host.h"

static const xs_module_t *find(const char *specifier)
{
	int low = 0, high = xs_module_count - 1;
	while (low <= high) {
		int middle = (low + high) / 2;
		int order = strcmp(specifier, xs_modules[middle].specifier);
		if (!order)
			return &xs_modules[middle];
		if (order < 0)
			high = middle - 1;
		else
			low = middle + 1;
	}
	return NULL;
}

/* Resolves `.` and `..` of `name` against the folder of `from`; 0 when it leaves the tree or is too long. */
static int resolve(const char *from, const char *name, char *path, size_t size)
{
	size_t length = 0;
	if (name[0] == '.') {
		const char *slash = strrchr(from, '/');
		length = slash ? (size_t)(slash - from) : 0;
		if (length >= size)
			return 0;
		memcpy(path, from, length);
	}
	while (*name) {
		size_t step = strcspn(name, "/");
		if ((step == 2) && !strncmp(name, "..", 2)) {
			if (!length)
				return 0;
			while (length && (path[length - 1] != '/'))
				length--;
			if (length)
				length--;
		} else if ((step != 1) || (name[0] != '.')) {
			if (length + step + 2 > size)
				return 0;
			if (length)
				path[length++] = '/';
			memcpy(path + length, name, step);
			length += step;
		}
		name += step;
		if (*name)
			name++;
	}
	if ((length > 3) && !strncmp(path + length - 3, ".js", 3))
		length -= 3;
	path[length] = 0;
	return 1;
}

txID fxFindModule(txMachine *the, txSlot *realm, txID moduleID, txSlot *slot)
{
	char name[256];
	char path[256];
	(void)realm;
	fxToStringBuffer(the, slot, name, sizeof(name));
	const char *from = (moduleID == XS_NO_ID) ? "" : fxGetKeyName(the, moduleID);
	if (!resolve(from, name, path, sizeof(path)))
		return XS_NO_ID;
	const xs_module_t *module = find(path);
	return module ? fxNewNameX(the, (txString)module->specifier) : XS_NO_ID;
}

void fxLoadModule(txMachine *the, txSlot *slot, txID moduleID)
{
	const xs_module_t *module = find(fxGetKeyName(the, moduleID));
	txScript script;
	if (!module)
		return;
	memset(&script, 0, sizeof(script));
	script.callback = module->hosts;
	script.codeBuffer = (txByte *)module->code;
	script.codeSize = module->size;
	script.path = (txString)module->specifier;
	script.version[0] = XS_MAJOR_VERSION;
	script.version[1] = XS_MINOR_VERSION;
	script.version[2] = XS_PATCH_VERSION;
	fxResolveModule(the, slot, moduleID, &script, C_NULL, C_NULL);
}

/* There is no parser on board: `eval`, `new Function` and the like are a SyntaxError. */
txScript *fxParseScript(txMachine *the, void *stream, txGetter getter, txUnsigned flags)
{
	(void)the, (void)stream, (void)getter, (void)flags;
	return C_NULL;
}
