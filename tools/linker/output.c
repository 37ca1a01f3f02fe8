// SPDX-License-Identifier: Apache-2.0
//
// Writes what the linker found: mc.xs.h (identifier numbers for native code) and mc.xs.c (see xs-program.h).

#include "linker.h"

#include <ctype.h>

static const char *key_name(txMachine *the, txID id)
{
	txSlot *key = fxGetKey(the, id);
	if (!key || ((key->kind != XS_KEY_KIND) && (key->kind != XS_KEY_X_KIND)))
		return NULL;
	return key->value.key.string;
}

static int is_identifier(const char *name)
{
	if (!isalpha((unsigned char)*name) && (*name != '_'))
		return 0;
	while (*++name)
		if (!isalnum((unsigned char)*name) && (*name != '_'))
			return 0;
	return 1;
}

static void write_string(const char *string, FILE *file)
{
	fputc('"', file);
	for (const unsigned char *p = (const unsigned char *)string; *p; p++) {
		if ((*p >= 0x20) && (*p < 0x7F) && (*p != '"') && (*p != '\\') && (*p != '?'))
			fputc(*p, file);
		else
			fprintf(file, "\\%03o", *p);
	}
	fputc('"', file);
}

void write_header(txMachine *the, txID base, FILE *file)
{
	(void)base;
	fputs("/* Written by the linker. */\n\n#ifndef UPGATE_MC_XS_H\n#define UPGATE_MC_XS_H\n\n", file);
	for (txID id = XS_SYMBOL_ID_COUNT; id < the->keyIndex; id++) {
		const char *name = key_name(the, id);
		if (name && is_identifier(name))
			fprintf(file, "#define xsID_%s (%d)\n", name, (int)id);
	}
	fputs("\n#endif\n", file);
}

static void write_code(const module_t *module, int index, FILE *file)
{
	const unsigned char *code = (const unsigned char *)module->code->codeBuffer;
	fprintf(file, "static const txU1 code%d[%d] = {", index, (int)module->code->codeSize);
	for (txSize i = 0; i < module->code->codeSize; i++)
		fprintf(file, "%s%d,", (i % 32) ? "" : "\n\t", code[i]);
	fputs("\n};\n", file);
}

/* The engine's record: count, then for each a parameter count (negative: destructor), an identifier and a C name. */
static void write_hosts(const module_t *module, int index, FILE *file)
{
	txByte *p = module->code->hostsBuffer;
	txID count, id;
	if (!p)
		return;
	mxDecodeID(p, count);
	txByte *first = p;
	for (txID i = 0; i < count; i++) {
		txS1 length = *p++;
		p += sizeof(txID);
		fprintf(file, (length < 0) ? "extern void %s(void *);\n" : "extern void %s(txMachine *);\n", (char *)p);
		p += strlen((char *)p) + 1;
	}
	fprintf(file, "static const txHostFunctionBuilder builders%d[%d] = {\n", index, (int)count);
	p = first;
	for (txID i = 0; i < count; i++) {
		txS1 length = *p++;
		mxDecodeID(p, id);
		id = (id == XS_NO_ID) ? id : module->ids[id];
		fprintf(file, "\t{ (txCallback)(void *)%s, %d, %d },\n", (char *)p, (int)length, (int)id);
		p += strlen((char *)p) + 1;
	}
	fputs("};\n", file);
	fprintf(file,
		"static void hosts%d(txMachine *the)\n{\n\tfxBuildHosts(the, %d, builders%d);\n\tmxPullSlot(mxResult);\n}\n",
		index, (int)count, index);
}

void write_program(txMachine *the, txID base, module_t *modules, int count, FILE *file)
{
	fputs("/* Written by the linker. */\n\n#include \"xs-program.h\"\n\n", file);
	for (int i = 0; i < count; i++) {
		write_code(&modules[i], i, file);
		write_hosts(&modules[i], i, file);
	}
	fprintf(file, "\nconst int xs_module_count = %d;\nconst xs_module_t xs_modules[] = {\n", count);
	for (int i = 0; i < count; i++) {
		fputs("\t{ ", file);
		write_string(modules[i].specifier, file);
		fprintf(file, ", (const txByte *)code%d, %d, ", i, (int)modules[i].code->codeSize);
		if (modules[i].code->hostsBuffer)
			fprintf(file, "hosts%d, %d },\n", i, modules[i].preload);
		else
			fprintf(file, "NULL, %d },\n", modules[i].preload);
	}
	fprintf(file, "};\n\nconst int xs_name_base = %d;\nconst int xs_name_count = %d;\nconst char xs_names[] = \"\"\n",
		(int)base, (int)(the->keyIndex - base));
	for (txID id = base; id < the->keyIndex; id++) {
		fputc('\t', file);
		write_string(key_name(the, id), file);
		fputs(" \"\\0\"\n", file);
	}
	fputs(";\n", file);
}
