/**
 * PORT. Where the catalog is kept. `transact` locks what a batch touches, loads it, takes the
 * decision once, writes its changes and commits, or leaves nothing. What a decision read is still
 * true when its changes are committed: the store holds a lock on it, or notices at COMMIT that it
 * changed, and then decides the batch again.
 */
import * as Context from "effect/Context"
import type * as BatchStore from "../../engine/BatchStore.ts"
import type { AttributeId, CategoryId, ProductId } from "../../kernel/Identifier.ts"
import type { Receipt } from "../../kernel/Receipt.ts"
import type { CatalogChanges } from "../decide/CatalogChanges.ts"
import type { LoadedCatalog, UniqueName } from "../state/CatalogBook.ts"

/**
 * What a batch of commands touches. `batchId` is chosen before the first try and stays the same at
 * every retry.
 */
export interface CatalogScope {
  readonly batchId: string
  /**
   * Products that are made, changed or deleted. The store locks them in the order of their ids, and
   * loads them whole, or says that the id is one of a deleted product.
   */
  readonly productIds: ReadonlyArray<ProductId>
  /** Products among `productIds` that follow stock: the store loads what they have seen of it. */
  readonly followingIds: ReadonlyArray<ProductId>
  /** Categories that products are put into. The store keeps them from being deleted meanwhile. */
  readonly categoryIds: ReadonlyArray<CategoryId>
  /**
   * Whether categories are made or changed. Then the store lets in one such batch at a time, before
   * any other lock.
   */
  readonly changesTree: boolean
  /**
   * Categories that a change of the tree names: the changed one, a new one, or a parent. Of each
   * the store loads the category itself, all its children and all its siblings, or says that the id
   * is one of a deleted category. Ancestors are not needed: a level is kept, and what would make a
   * cycle is below what moves.
   */
  readonly treeIds: ReadonlyArray<CategoryId>
  /** Whether all roots are loaded too, because something becomes a root. */
  readonly namesRoots: boolean
  /** Categories among `treeIds` that move: all that is below them is loaded. */
  readonly movedIds: ReadonlyArray<CategoryId>
  /** Categories among `treeIds` that are deleted: the products in them are counted. */
  readonly emptyIds: ReadonlyArray<CategoryId>
  /**
   * Whether attributes are made, changed or deleted. Then the store lets in no other such batch, and
   * none that gives values to products; those are let in together.
   */
  readonly changesAttributes: boolean
  /** Attributes that are made, changed or deleted, which the store loads, or says were deleted. */
  readonly attributeIds: ReadonlyArray<AttributeId>
  /** Attributes among `attributeIds` that may go, or lose choices: their values are counted. */
  readonly countedAttributeIds: ReadonlyArray<AttributeId>
  /** Codes of attributes that products are given values of: the store loads the attributes. */
  readonly valuedCodes: ReadonlyArray<string>
  /**
   * Products among `productIds` whose type may change, and originals of copies: the store loads the
   * attributes that they have values of.
   */
  readonly retypedIds: ReadonlyArray<ProductId>
  /** Names whose owners a decision needs. A name that is taken meanwhile is a conflict. */
  readonly names: ReadonlyArray<UniqueName>
  readonly keys: ReadonlyArray<Pick<Receipt, "caller" | "key">>
}

/** The parts of a scope that names nothing. */
export const emptyScope: Omit<CatalogScope, "batchId"> = {
  productIds: [],
  followingIds: [],
  categoryIds: [],
  changesTree: false,
  treeIds: [],
  namesRoots: false,
  movedIds: [],
  emptyIds: [],
  changesAttributes: false,
  attributeIds: [],
  countedAttributeIds: [],
  valuedCodes: [],
  retypedIds: [],
  names: [],
  keys: []
}

/** What a batch decided: the changes to write, and the answer to its callers. */
export type CatalogDecision<A> = BatchStore.BatchDecision<CatalogChanges, A>

/**
 * The store of the catalog. It waits for locks of others: no command leaves its batch, since
 * changes of the catalog are few.
 */
export class CatalogStore extends Context.Service<
  CatalogStore,
  BatchStore.BatchStore<CatalogScope, LoadedCatalog, CatalogChanges, never, never>
>()("@holdfast/core/catalog/CatalogStore") {}
