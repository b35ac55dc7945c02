/** The statements of imports, for the test of plans. */
import { createHash } from "node:crypto"
import type { Checkpoint, ImportOf } from "@holdfast/core/exchange"
import {
  beatImport,
  endImport,
  insertImport,
  keepCheckpoint,
  readFailedRecords,
  readImport,
  readLastImport,
  readProblems,
  resumeImport
} from "../../src/exchange/statements/importJobs.ts"
import { pruneImports } from "../../src/exchange/statements/pruneImports.ts"
import { readSkusByCodes } from "../../src/inventory/statements/read/readSkus.ts"
import type { Planned } from "../schema/plans.ts"

const idOf = (text: string) =>
  createHash("md5")
    .update(text)
    .digest("hex")
    .replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5")

const importId = idOf("i2")

const importOf: ImportOf = {
  kind: "products",
  fingerprint: "f-new",
  source: "products.csv",
  bytesTotal: 10
}

const problem = { line: 7, column: "name", columnNumber: 3, code: "InvalidInput", message: "is" }

const checkpoint: Checkpoint = {
  counts: { records: 500, created: 499, updated: 0, unchanged: 0, failed: 1 },
  bytesDone: 5,
  tried: [6, 7, 8],
  failed: [{ number: 7, problems: [problem] }]
}

const schema = "inventory"
const byId = ["imports_pkey"]

/** Each with the indexes that it uses, and the pages that it may touch. */
export const plannedImports: ReadonlyArray<Planned> = [
  ["read SKUs by codes", readSkusByCodes(schema)(["CODE-7", "CODE-8"]), ["skus_code_key"], 20],
  ["read an import", readImport(schema)(importId), byId, 20],
  ["read the last import of a file", readLastImport(schema)("f-2"), ["imports_fingerprint"], 20],
  ["insert an import", insertImport(schema)(idOf("new"), importOf), [], 40],
  ["run an import again", resumeImport(schema)(importId), byId, 40],
  ["keep how far an import is", keepCheckpoint(schema)(importId, 1, checkpoint), byId, 120],
  ["say that an import is alive", beatImport(schema)(importId, 1), byId, 40],
  ["end an import", endImport(schema)(importId, 1, null), byId, 40],
  [
    "read the bad records of an import",
    readFailedRecords(schema)(importId),
    ["import_problems_pkey"],
    40
  ],
  ["count old imports", pruneImports(schema, true)(importId, null, 90), byId, 400],
  ["prune old imports", pruneImports(schema, false)(importId, null, 90), byId, 400],
  [
    "read problems of an import",
    readProblems(schema)(importId, { record: 3, part: 0 }, 20),
    ["import_problems_pkey"],
    40
  ]
]
