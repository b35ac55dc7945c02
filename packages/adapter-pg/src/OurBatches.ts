/**
 * The batches of one store that hold their locks right now: what they hold is free shortly, and no
 * reason to shed a command. It knows how long batches take of late, and so how long a lock may be
 * waited for, and which locks are a batch's own.
 */
import type { LoadedStock, Obstacle, StockScope } from "@holdfast/core/effect"
import { bucketOf } from "./statements/lockOrders.ts"

interface Held {
  readonly loaded: LoadedStock
  readonly scope: StockScope
  readonly sinceMillis: number
}

/** The batches that hold locks, and how long they do. */
export class OurBatches {
  private readonly lanes: number
  private readonly held = new Set<Held>()
  private usualMillis = 0

  constructor(lanes: number) {
    this.lanes = lanes
  }

  /**
   * How long a batch waits for a lock before it looks which are not free, in milliseconds: 60, or as
   * long as the other lanes may need one after another.
   */
  get lockMillisMax(): number {
    return Math.round(Math.min(Math.max(1.5 * this.lanes * this.usualMillis, 60), 1_000))
  }

  /** A batch has locked and loaded; answers what to call when it has ended. */
  take(scope: StockScope, loaded: LoadedStock, nowMillis: number): (nowMillis: number) => void {
    const held: Held = { loaded, scope, sinceMillis: nowMillis }
    this.held.add(held)
    return (endMillis) => {
      this.held.delete(held)
      this.usualMillis += (endMillis - held.sinceMillis - this.usualMillis) / 8
    }
  }

  /** Which obstacles are batches of ours. */
  whichAreOurs(): (obstacle: Obstacle) => boolean {
    const batches = [...this.held]
    const skuIds = new Set(batches.flatMap(({ loaded }) => loaded.skus.map((sku) => sku.id)))
    const buckets = new Set(batches.flatMap(({ scope }) => scope.orderIds.map(bucketOf)))
    const locations = batches.some(({ scope }) => scope.changesLocations)
    return (obstacle) => {
      if (obstacle._tag === "Sku") return skuIds.has(obstacle.skuId)
      return obstacle._tag === "Order" ? buckets.has(bucketOf(obstacle.orderId)) : locations
    }
  }
}
