// SPDX-License-Identifier: Apache-2.0
//
// Library of the flash image tool.

export { createFlash, type CreateOptions } from "./create.js";
export { FlashImageError } from "./error.js";
export { buildFile, parseFile, type FlashFile } from "./file.js";
export { flashNeeded, readPartitions, type Partition } from "./partitions.js";
export { showFlash } from "./show.js";
export { drawFlash } from "./svg.js";
export { buildTable, parseTable } from "./table.js";
