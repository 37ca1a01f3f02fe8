// SPDX-License-Identifier: Apache-2.0
//
// The SDK's tests that hosts/linux does not pass, and why; hosts/linux/README.md says more about each.

export const differences: Readonly<Record<string, string>> = {};
