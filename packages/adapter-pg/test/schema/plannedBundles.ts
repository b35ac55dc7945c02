/** The statements about bundles and options, with the index of each and how many pages it may touch. */
import { OptionId } from "@holdfast/core/inventory"
import { readHeldOptions } from "../../src/inventory/statements/read/readHeldOptions.ts"
import { holdId, optionId } from "./plannedRows.ts"
import type { Planned } from "./plans.ts"

/** The statements. */
export const plannedBundles = (schema: string): ReadonlyArray<Planned> => [
  [
    "B12 find which of two options have open holds, one with a long history",
    readHeldOptions(schema)([optionId, OptionId.make(holdId)], null),
    ["reservations_option"],
    40
  ]
]
