/** What is kept of figures about stock, in its tables. */

import type { StoreError } from "@holdfast/core/engine"
import {
  CheckProgress,
  type KeptChecks,
  StockCheck,
  type StockFigures
} from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { Query, Row } from "../connection/Query.ts"
import { addMissed, dropOldMissed } from "../inventory/statements/figures/missedSkus.ts"
import { saveCheck, takeCheck } from "../inventory/statements/figures/stockChecks.ts"
import { countInto } from "./countInto.ts"

/** Runs a statement that needs no transaction; its rows. */
export type RunOne = (query: Query) => Effect.Effect<ReadonlyArray<Row>, StoreError>

const json = {
  last: Schema.fromJsonString(StockCheck),
  underWay: Schema.fromJsonString(CheckProgress)
}
const read = {
  last: Schema.decodeUnknownOption(json.last),
  underWay: Schema.decodeUnknownOption(json.underWay)
}
const write = { last: Schema.encodeSync(json.last), underWay: Schema.encodeSync(json.underWay) }

/** What a row keeps of the checks. What another release wrote in another form is passed over. */
export const toChecks = (row: Row | undefined): KeptChecks => ({
  last: Option.getOrNull(read.last(row?.["last"])),
  underWay: Option.getOrNull(read.underWay(row?.["under_way"]))
})

/** Keeps figures in the tables of a schema, until the scope closes. */
export const makePgStockFigures = Effect.fnUntraced(function* (
  schema: string,
  run: RunOne
): Effect.fn.Return<StockFigures, never, Scope.Scope> {
  const missed = yield* countInto({
    add: addMissed(schema),
    dropOld: dropOldMissed(schema),
    write: run,
    whenFailing: "missed SKUs cannot be written; they are kept in memory, and tried again"
  })
  const take = takeCheck(schema)
  const save = saveCheck(schema)
  return {
    missed: missed.add,
    takeCheck: (owner, leaseMillis) =>
      Effect.map(run(take(owner, leaseMillis)), ([row]) =>
        row === undefined ? null : toChecks(row)
      ),
    saveCheck: (owner, { last, underWay }, leaseMillis) => {
      const kept = {
        last: last && write.last(last),
        underWay: underWay && write.underWay(underWay)
      }
      return Effect.map(run(save(owner, kept, leaseMillis)), (rows) => rows.length > 0)
    }
  }
})
