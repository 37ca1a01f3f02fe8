// SPDX-License-Identifier: Apache-2.0
//
// Lint rules: typescript-eslint's strict set without type information (the compiler checks types), the size limits
// of the code base, and what modules must not touch. Layout is Prettier's business.

import tseslint from "typescript-eslint";

const nodeOnly = {
	regex: "^(node:|fs$|path$|net$|http$)",
	message: "Firmware code has no Node.js modules.",
};
const hostOnly = {
	regex: "(^|/)hosts/|^timer$|^embedded:|^mc/config$",
	message: "A module gets what it needs in its options; only hosts and main.ts name it.",
};

const frozenName = {
	selector:
		"ClassDeclaration[superClass.name=/Error$/] AssignmentExpression > MemberExpression.left[object.type='ThisExpression'][property.name='name']",
	message: "Error.prototype is frozen in the firmware and the assignment throws: write `override readonly name = ...`.",
};

export default tseslint.config(
	{ ignores: ["build/", "run/", "node_modules/"] },
	...tseslint.configs.strict,
	{
		linterOptions: { reportUnusedDisableDirectives: "error" },
		rules: {
			eqeqeq: "error",
			"no-console": "off",
			"no-var": "error",
			"prefer-const": "error",
			"no-implicit-coercion": "error",
			"max-lines": ["error", { max: 300 }],
			"max-lines-per-function": ["error", { max: 40, skipBlankLines: true, skipComments: true }],
			"@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
			"@typescript-eslint/explicit-module-boundary-types": "error",
			// ECMA-419's signatures have `number | void`, its timer is a class of static methods.
			"@typescript-eslint/no-invalid-void-type": "off",
			"@typescript-eslint/no-extraneous-class": ["error", { allowStaticOnly: true }],
			"@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
		},
	},
	{
		files: ["modules/**/*.ts"],
		rules: {
			"no-restricted-imports": ["error", { patterns: [nodeOnly, hostOnly] }],
			"no-restricted-syntax": ["error", frozenName],
		},
	},
	{
		files: ["hosts/**/*.ts", "gateway/**/*.ts", "main.ts"],
		rules: {
			"no-restricted-imports": ["error", { patterns: [nodeOnly] }],
			"no-restricted-syntax": ["error", frozenName],
		},
	},
	{
		// The Moddable SDK has a module "net" of its own.
		files: ["hosts/moddable/**/*.ts"],
		rules: { "no-restricted-imports": ["error", { patterns: [{ ...nodeOnly, regex: "^node:" }] }] },
	},
	{
		files: ["hosts/moddable/sdk.d.ts"],
		rules: { "@typescript-eslint/no-extraneous-class": "off" },
	},
	{
		files: ["tests/**/*.ts", "bench/**/*.ts"],
		rules: {
			"max-lines-per-function": "off",
			"@typescript-eslint/no-non-null-assertion": "off",
			"@typescript-eslint/explicit-module-boundary-types": "off",
		},
	},
	{
		files: ["**/*.mjs"],
		rules: { "@typescript-eslint/explicit-module-boundary-types": "off" },
	},
);
