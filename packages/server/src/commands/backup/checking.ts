/** Opens a copy of an embedded database, which makes it whole, and compares what is in it. */
import {
  diagnose,
  diagnoseCatalog,
  layerCatalogStorage,
  layerPglite,
  layerStorage,
  type MigrationError,
  type StoreStartError
} from "@holdfast/adapter-pg/effect"
import { InventoryQueries, StockReads, type StoreError } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { failure } from "../../cli/CommandFailure.ts"
import type { Schemas } from "../../cli/contextSettings.ts"

/** What is in a copy. */
export interface Contents {
  /** Stock levels, and how many of them agree with the ledger and the open holds. */
  readonly levels: number
  readonly agreeing: number
}

/** Why a copy cannot be opened, or is not what this release can use. */
export type CheckError = MigrationError | StoreError | StoreStartError | ReturnType<typeof failure>

const contentsOf = ({ catalogSchema, schema }: Schemas) =>
  Effect.gen(function* () {
    for (const { tables } of [yield* diagnose(schema), yield* diagnoseCatalog(catalogSchema)]) {
      // Tables of a newer release; those of an older one are migrated at the next start.
      if (tables?.refusal !== undefined) {
        return yield* failure("BackupVersion", tables.refusal.message)
      }
    }
    const { tables } = yield* diagnose(schema)
    // One whose tables are older is compared once it is migrated; this release may not know their columns.
    if (tables === undefined || tables.missing.length > 0) return { levels: 0, agreeing: 0 }
    const reads = yield* StockReads
    const { agreeing, levels } = yield* InventoryQueries.over(reads).ask("reconcile", {
      listMax: 0
    })
    return { levels, agreeing }
  })

/** Opens the database in a folder, closes it again in good order, and says what is in it. */
export const checkedContents = (
  folder: string,
  schemas: Schemas
): Effect.Effect<Contents, CheckError> =>
  contentsOf(schemas).pipe(
    Effect.provide(
      Layer.provideMerge(
        Layer.merge(
          layerStorage({ schema: schemas.schema }),
          layerCatalogStorage({ schema: schemas.catalogSchema })
        ),
        layerPglite({ folder })
      )
    ),
    Effect.mapError((error) => error as CheckError)
  )
