// SPDX-License-Identifier: Apache-2.0
//
// Conformance of `embedded:network/dns/resolver/udp`. A name of this machine's hosts file is tried when there is one.

import { readFileSync } from "node:fs";
import { testSuite } from "./io-program.js";

const hosts = readFileSync("/etc/hosts", "utf8").split("\n");
const names = hosts.flatMap((line) => line.replace(/#.*/, "").trim().split(/\s+/).slice(1));
const name = names.find((candidate) => !/localhost|^ip6-/.test(candidate));
await testSuite("resolver", name === undefined ? [] : ["--option", `hosts-name=${name}`], 5);
