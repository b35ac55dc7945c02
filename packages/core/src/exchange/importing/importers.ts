/**
 * The import of each kind, over the services of its context: how its records are planned, how their
 * commands are run, and how many parts may be under way at once.
 */
import * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import { type CatalogTypes, catalogDomain } from "../../catalog/batch/catalogDomain.ts"
import { sentenceOf as catalogSentence } from "../../catalog/messages/refusalSentences.ts"
import type { CatalogReads } from "../../catalog/ports/CatalogReads.ts"
import type { CatalogStore } from "../../catalog/ports/CatalogStore.ts"
import type { Catalog } from "../../catalog/services/Catalog.ts"
import { checkCommand as checkCatalog } from "../../catalog/services/readCommand.ts"
import type { EngineOptions } from "../../engine/commandService.ts"
import type { StoreOf } from "../../engine/Domain.ts"
import { type InventoryTypes, inventoryDomain } from "../../inventory/batch/inventoryDomain.ts"
import { sentenceOf as inventorySentence } from "../../inventory/messages/refusalSentences.ts"
import type { StockReads } from "../../inventory/ports/StockReads.ts"
import type { StockStore } from "../../inventory/ports/StockStore.ts"
import type { Inventory } from "../../inventory/services/Inventory.ts"
import { checkCommand as checkInventory } from "../../inventory/services/readCommand.ts"
import type { CategoryId } from "../../kernel/Identifier.ts"
import type { FileRecord } from "../records/FileRecord.ts"
import type { RecordKind } from "../records/kinds.ts"
import { catalogOverlay } from "./catalogOverlay.ts"
import { planCategories } from "./planCategories.ts"
import { planProducts } from "./planProducts.ts"
import { planCounts, planSkus } from "./planStock.ts"
import type { ProductLookups } from "./productNames.ts"
import { type ImportRun, runImport } from "./runImport.ts"
import {
  type Check,
  liveWriter,
  type Run,
  togetherMax,
  togetherWriter,
  trialWriter,
  type WriterParts
} from "./writers.ts"

/**
 * How an import writes. `live`: row by row, good rows beside bad ones. `together`: all in one
 * transaction, unless a row is bad. `trial`: not at all.
 */
export type ImportMode = "live" | "together" | "trial"

/** What does not depend on the kind: see `ImportRun`. */
export type ImportCourse<Kind extends RecordKind, E> = Pick<
  ImportRun<Kind, never, never, never, E>,
  "before" | "bytesDone" | "decided"
> & {
  readonly records: Stream.Stream<FileRecord<Kind>, E>
  readonly mode: ImportMode
}

const writerOf = <T extends CatalogTypes | InventoryTypes>(
  parts: WriterParts<T>,
  run: Run<T>,
  mode: ImportMode,
  order: "any" | "file",
  overlay?: Parameters<typeof trialWriter<T>>[1]
) => {
  switch (mode) {
    case "live":
      return liveWriter(parts, run, order)
    case "together":
      return togetherWriter(parts)
    case "trial":
      return trialWriter(parts, overlay)
  }
}

const boundOf = ({ mode }: { readonly mode: ImportMode }) =>
  mode === "together" ? togetherMax : undefined

/** What imports into any context need. */
interface AuditedParts {
  /** Which changes get a record in the audit log, as in the engine of the context. */
  readonly audit?: EngineOptions["audit"]
}

/** What imports into the catalog need. */
export interface CatalogParts extends AuditedParts {
  readonly catalog: Catalog["Service"]
  readonly store: CatalogStore["Service"]
  readonly reads: CatalogReads["Service"]
}

const catalogWriter = (
  { audit, catalog, store }: CatalogParts,
  mode: ImportMode,
  order: "any" | "file"
) =>
  writerOf<CatalogTypes>(
    { audit, domain: catalogDomain, store: store as StoreOf<CatalogTypes>, check: checkCatalog },
    (command, options) =>
      Effect.map(catalog.execute(command as never, options), ({ answer }) => answer) as never,
    mode,
    order,
    catalogOverlay()
  )

/** Imports categories, in the order of the file: a record may need the parents before it. */
export const importCategories = <E>(parts: CatalogParts, course: ImportCourse<"categories", E>) =>
  runImport({
    ...course,
    plan: planCategories(parts.reads, new Map<string, CategoryId>()),
    writer: catalogWriter(parts, course.mode, "file"),
    sentenceOf: catalogSentence,
    sideBySide: 1,
    togetherMax: boundOf(course)
  })

/** Imports products. */
export const importProducts = <E>(
  parts: CatalogParts & Pick<ProductLookups, "stock" | "allowUnknownSkus">,
  course: ImportCourse<"products", E>
) =>
  runImport({
    ...course,
    plan: planProducts(parts),
    writer: catalogWriter(parts, course.mode, "any"),
    sentenceOf: catalogSentence,
    sideBySide: course.mode === "live" ? 3 : 1,
    togetherMax: boundOf(course)
  })

/** What imports into the inventory need. */
export interface InventoryParts extends AuditedParts {
  readonly inventory: Inventory["Service"]
  readonly store: StockStore["Service"]
  readonly reads: StockReads["Service"]
}

const inventoryWriter = ({ audit, inventory, store }: InventoryParts, mode: ImportMode) =>
  writerOf<InventoryTypes>(
    {
      ...{ audit, domain: inventoryDomain, check: checkInventory as Check<InventoryTypes> },
      store: store as StoreOf<InventoryTypes>
    },
    (command, options) =>
      Effect.map(inventory.execute(command as never, options), ({ answer }) => answer) as never,
    mode,
    "any"
  )

/** Imports SKUs. */
export const importSkus = <E>(parts: InventoryParts, course: ImportCourse<"skus", E>) =>
  runImport({
    ...course,
    plan: planSkus(parts.reads),
    writer: inventoryWriter(parts, course.mode),
    sentenceOf: inventorySentence,
    sideBySide: course.mode === "live" ? 3 : 1,
    togetherMax: boundOf(course)
  })

/** Imports counts. `keyOf` gives each record the key by which a repeat is known. */
export const importStock = <E>(
  parts: InventoryParts & { readonly keyOf: (record: number) => string | undefined },
  course: ImportCourse<"stock", E>
) =>
  runImport({
    ...course,
    plan: planCounts(parts.reads, parts.keyOf),
    writer: inventoryWriter(parts, course.mode),
    sentenceOf: inventorySentence,
    sideBySide: course.mode === "live" ? 3 : 1,
    togetherMax: boundOf(course)
  })
