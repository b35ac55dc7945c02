/** Both contexts in memory, whose pages are answered of copies, behind a listener that keeps answers. */
import {
  layerCaching,
  layerCatalogCopies,
  layerMemoryCache,
  layerStockCopies
} from "@holdfast/core/caching"
import { Catalog, MemoryCatalog } from "@holdfast/core/catalog"
import { Inventory, MemoryInventory } from "@holdfast/core/inventory"
import {
  FollowedInventory,
  layerCopiedStock,
  layerOptionMappings,
  layerStockStatus
} from "@holdfast/core/shelf"
import * as Layer from "effect/Layer"
import { expect, vi } from "vitest"
import {
  KeptAnswers,
  type KeptAnswersOptions,
  type ListenedRequest,
  type WrittenAnswer
} from "../../src/caching/kept/KeptAnswers.ts"
import type { MountOptions } from "../../src/kit/HttpOptions.ts"
import { toNodeHandler } from "../../src/node/index.ts"
import { serve } from "../node/nodeHosts.ts"
import { type Answer, type Sent, send } from "../server.ts"

/** Kept answers that a test can do without, and that count what they gave. */
export class WatchedAnswers extends KeptAnswers {
  isOff = false

  given = 0

  override take(
    request: ListenedRequest,
    answered: (answer: WrittenAnswer | undefined) => boolean
  ): boolean {
    if (this.isOff) return false
    return super.take(request, (answer) => {
      if (answer !== undefined) this.given += 1
      return answered(answer)
    })
  }
}

const of = { schema: "test" }

const tables = Layer.merge(MemoryInventory.layer, MemoryCatalog.layer)

const engines = Layer.merge(Inventory.layer(), Catalog.layer()).pipe(
  Layer.provideMerge(
    Layer.mergeAll(layerStockStatus(), layerOptionMappings, FollowedInventory.layerLocal)
  ),
  Layer.provideMerge(tables)
)

/** The engines with copies; `more` is provided to all of it. */
const cachedEngines = (caching: Parameters<typeof layerCaching>[0]) =>
  Layer.provide(layerCatalogCopies(of), layerCopiedStock()).pipe(
    Layer.provideMerge(layerStockCopies(of)),
    Layer.provideMerge(Layer.provide(layerCaching(caching), layerMemoryCache())),
    Layer.provideMerge(engines)
  )

/** How the world of a test is. */
export interface WorldOptions {
  readonly http?: MountOptions
  readonly caching?: Parameters<typeof layerCaching>[0]
  readonly kept?: KeptAnswersOptions
  readonly more?: Layer.Layer<never>
}

/** Opens it on a free port. */
export const openWorld = async ({ caching, http, kept: size, more }: WorldOptions = {}) => {
  const kept = new WatchedAnswers(size)
  const layer = Layer.provideMerge(cachedEngines(caching), more ?? Layer.empty)
  const handler = toNodeHandler(layer, { log: () => undefined, ...http, keptAnswers: kept })
  const host = await serve(handler.listener)
  /** How many good answers there were to reads, by their paths. */
  const good = new Map<string, number>()
  const call = async (method: string, path: string, sent?: Sent): Promise<Answer> => {
    const answer = await send(host.port, method, path, sent)
    if (method === "GET" && answer.status < 400) good.set(path, (good.get(path) ?? 0) + 1)
    return answer
  }
  const get = (path: string, headers: Record<string, string> = {}) => call("GET", path, { headers })

  /** The answer of the routes, whatever is kept. */
  const long = async (path: string, headers: Record<string, string> = {}): Promise<Answer> => {
    kept.isOff = true
    try {
      return await get(path, headers)
    } finally {
      kept.isOff = false
    }
  }

  /** Asks until the answer is a kept one, and gives that. */
  const short = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
    vi.waitFor(
      async () => {
        const before = kept.given
        const answer = await get(path, headers)
        expect(kept.given).toBe(before + 1)
        return answer
      },
      { timeout: 10_000, interval: 5 }
    )

  const made = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const { json, status } = await call("POST", path, { body, headers })
    expect([path, status]).toEqual([path, 201])
    return json
  }

  /** A product with two options of one SKU each, in a category. */
  const stocked = async (more: object = {}, headers: Record<string, string> = {}) => {
    const n = ++products
    for (const letter of ["a", "b"]) {
      const skuId = `sku-${n}${letter}`
      await made("/api/skus", { skuId, code: skuId, name: skuId, initialStock: 50 }, headers)
    }
    const category = await made("/api/categories", { name: `Category ${n}` }, headers)
    const option = (letter: string) => ({
      name: `Größe ${letter} \u{1f9e6}`,
      price: { amount: "9.90", currency: "EUR" },
      skuMappings: [{ skuId: `sku-${n}${letter}`, quantity: 1 }]
    })
    const product = {
      ...{ name: `Socks ${n}`, type: "NORMAL", options: [option("a"), option("b")] },
      ...{ description: "양말 ".repeat(300), categoryIds: [category.id], status: "ACTIVE" },
      ...more
    }
    const { id } = await made("/api/products", product, headers)
    return { path: `/api/products/${id}`, id: String(id), categoryId: category.id, n }
  }
  let products = 0

  return {
    ...{ call, get, kept, long, made, short, stocked },
    asked: (path: string) => good.get(path) ?? 0,
    dispose: handler.dispose,
    close: async () => {
      await host.close()
      await handler.dispose()
    }
  }
}

/** The world of a test. */
export type World = Awaited<ReturnType<typeof openWorld>>
