// SPDX-License-Identifier: Apache-2.0
//
// The two forms by which a script names native code, as the Moddable SDK 8 has them (xs/includes/xs.d.ts there).
// The builder lowers them for the engine on Linux; only whole bodies are allowed.

/** `return native("xs_module_class_method").call(this, argument, ...)` as the whole body of a function or method. */
declare function native(name: string): { call<Result>(self: unknown, ...values: unknown[]): Result };

/** `class X extends Native("xs_module_class_destructor")`: instances hold native data. */
declare function Native(destructor: string): new () => object;
