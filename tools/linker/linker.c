// SPDX-License-Identifier: Apache-2.0
//
// Links JavaScript modules into one C file: parses each module with the XS parser, generates bytecode, gives every
// identifier one number for the whole program, and writes bytecode, host-function tables and names as constants, and mc.xs.h
// with the numbers for native code. A native that no C file defines is then an error of the C linker.
// Usage: linker --list FILE --ids FILE --c FILE --h FILE
// List: a line per module, `specifier TAB js TAB map or - TAB preload 0|1`. Ids: a line per identifier that only C uses.

#include "linker.h"

#include <ctype.h>

static const char *option(int argc, char **argv, const char *name)
{
	for (int i = 1; i + 1 < argc; i++)
		if (!strcmp(argv[i], name))
			return argv[i + 1];
	fatal("usage: linker --list FILE --ids FILE --c FILE --h FILE (no %s)", name);
}

/* Splits one line of the list in place. */
static void parse_line(char *line, int number, module_t *module)
{
	char *fields[4];
	int count = 0;
	for (char *p = line; count < 4; count++) {
		fields[count] = p;
		p = strchr(p, '\t');
		if (!p) {
			count++;
			break;
		}
		*p++ = 0;
	}
	if (count != 4)
		fatal("module list line %d: 4 fields wanted, %d found", number, count);
	module->specifier = strdup(fields[0]);
	module->script = strdup(fields[1]);
	module->map = strcmp(fields[2], "-") ? strdup(fields[2]) : NULL;
	module->preload = fields[3][0] == '1';
	if (!module->specifier || !module->script)
		fatal("out of memory");
}

static int compare_modules(const void *a, const void *b)
{
	return strcmp(((const module_t *)a)->specifier, ((const module_t *)b)->specifier);
}

static FILE *open_file(const char *path, const char *mode)
{
	FILE *file = fopen(path, mode);
	if (!file)
		fatal("cannot open %s", path);
	return file;
}

static module_t *read_modules(const char *path, int *count)
{
	FILE *file = open_file(path, "r");
	module_t *modules = NULL;
	char line[4 * 4096];
	*count = 0;
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = 0;
		if (!line[0])
			continue;
		modules = realloc(modules, (size_t)(*count + 1) * sizeof(module_t));
		if (!modules)
			fatal("out of memory");
		memset(&modules[*count], 0, sizeof(module_t));
		parse_line(line, *count + 1, &modules[*count]);
		(*count)++;
	}
	fclose(file);
	if (!*count)
		fatal("%s: no modules", path);
	qsort(modules, (size_t)*count, sizeof(module_t), compare_modules);
	for (int i = 1; i < *count; i++)
		if (!strcmp(modules[i - 1].specifier, modules[i].specifier))
			fatal("module %s is listed twice (%s, %s)", modules[i].specifier, modules[i - 1].script, modules[i].script);
	return modules;
}

static void read_identifiers(txMachine *the, const char *path)
{
	FILE *file = open_file(path, "r");
	char line[512];
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = 0;
		if (line[0])
			fxNewNameC(the, line);
	}
	fclose(file);
}

int main(int argc, char **argv)
{
	const char *list = option(argc, argv, "--list");
	const char *ids = option(argc, argv, "--ids");
	const char *c = option(argc, argv, "--c");
	const char *h = option(argc, argv, "--h");
	txCreation creation = {
		.initialChunkSize = 1 << 20,
		.incrementalChunkSize = 1 << 18,
		.initialHeapCount = 1 << 16,
		.incrementalHeapCount = 1 << 14,
		.stackCount = 4096,
		.initialKeyCount = 32000,
		.incrementalKeyCount = 0,
		.nameModulo = 1993,
		.symbolModulo = 127,
		.parserBufferSize = 64 * 1024,
		.parserTableModulo = 1993,
	};
	txMachine *the = fxCreateMachine(&creation, "linker", NULL, XS_NO_ID);
	if (!the)
		fatal("no machine");
	txID base = the->keyIndex;
	int count;
	module_t *modules = read_modules(list, &count);
	for (int i = 0; i < count; i++)
		compile_module(the, &modules[i]);
	read_identifiers(the, ids);

	FILE *file = open_file(h, "w");
	write_header(the, base, file);
	if (fclose(file))
		fatal("cannot write %s", h);
	file = open_file(c, "w");
	write_program(the, base, modules, count, file);
	if (fclose(file))
		fatal("cannot write %s", c);
	return 0;
}
