// SPDX-License-Identifier: Apache-2.0
//
// One module to bytecode: parse, source map, hoist, bind, code; then renumber the identifiers from the numbers of the module
// to those of the program. Lines and file names in the bytecode are those of the source map.

#include "linker.h"

void fatal(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	fputs("linker: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	exit(1);
}

/* The first error of a module ends the program. */
static void report_error(void *console, txString path, txInteger line, txString format, c_va_list arguments)
{
	(void)console;
	fprintf(stderr, "linker: %s:%d: ", path ? path : "?", (int)line);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	exit(1);
}

static txScript *parse(txMachine *the, const module_t *module)
{
	txParser _parser;
	txParser *parser = &_parser;
	txParserJump jump;
	txScript *volatile script = NULL;
	txString name = NULL;
	FILE *volatile file = fopen(module->script, "r");
	if (!file)
		fatal("%s: cannot open %s", module->specifier, module->script);
	fxInitializeParser(parser, the, the->parserBufferSize, the->parserTableModulo);
	parser->firstJump = &jump;
	parser->reportError = report_error;
	if (c_setjmp(jump.jmp_buf) == 0) {
		parser->path = fxNewParserSymbol(parser, module->script);
		fxParserTree(parser, (void *)file, (txGetter)fgetc, mxCFlag | mxStrictFlag | mxDebugFlag, &name);
		if (module->map && (parser->errorCount == 0)) {
			fclose(file);
			file = fopen(module->map, "r");
			mxParserThrowElse(file);
			fxParserSourceMap(parser, (void *)file, (txGetter)fgetc, mxCFlag | mxDebugFlag, &name);
			if ((parser->errorCount == 0) && name)
				parser->path = fxNewParserSymbol(parser, name);
		}
		if (parser->errorCount == 0) {
			fxParserHoist(parser);
			fxParserBind(parser);
		}
		if (parser->errorCount == 0)
			script = fxParserCode(parser);
	}
	if (file)
		fclose(file);
	if (parser->errorCount || !script)
		fatal("%s: %s cannot be compiled", module->specifier, name ? name : module->script);
	fxTerminateParser(parser);
	return script;
}

/* Puts the program's number of every identifier into the bytecode. Operation sizes: > 0 fixed, 0 identifier, < 0 counted. */
static void renumber(const module_t *module, txByte *p, txSize size, const txID *ids, txID count)
{
	txByte *limit = p + size;
	while (p < limit) {
		txU1 operation = *(txU1 *)p;
		txS1 step = gxCodeSizes[operation];
		txID id;
		txU1 u1;
		txU2 u2;
		txS4 s4;
		if (step > 0)
			p += step;
		else if (step == 0) {
			p++;
			memcpy(&id, p, sizeof(id));
			if (id != XS_NO_ID) {
				if (id >= count)
					fatal("%s: identifier %d of %d in the bytecode", module->specifier, (int)id, (int)count);
				id = ids[id];
				memcpy(p, &id, sizeof(id));
			}
			p += sizeof(id);
		} else if (step == -1) {
			u1 = *(txU1 *)(p + 1);
			p += 2 + u1;
		} else if (step == -2) {
			memcpy(&u2, p + 1, sizeof(u2));
			p += 3 + u2;
		} else {
			memcpy(&s4, p + 1, sizeof(s4));
			p += 5 + s4;
		}
	}
	if (p != limit)
		fatal("%s: bytecode ends inside an operation", module->specifier);
}

void compile_module(txMachine *the, module_t *module)
{
	txScript *script = parse(the, module);
	txByte *p = script->symbolsBuffer;
	txID count;
	mxDecodeID(p, count);
	module->ids = calloc((size_t)count, sizeof(txID));
	if (!module->ids)
		fatal("out of memory");
	for (txID i = 1; i < count; i++) {
		module->ids[i] = fxNewNameC(the, (txString)p);
		p += strlen((char *)p) + 1;
	}
	renumber(module, script->codeBuffer, script->codeSize, module->ids, count);
	module->code = script;
}
