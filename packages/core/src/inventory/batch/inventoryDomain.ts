/** What the inventory brings to the engine. */
import type { Domain } from "../../engine/Domain.ts"
import type { StockChanges } from "../decide/StockChanges.ts"
import { answerOf, type InventoryAnswer } from "../messages/InventoryAnswer.ts"
import type { InventoryRefusal } from "../messages/InventoryError.ts"
import type { LockedStock, Obstacle, StockScope } from "../ports/StockStore.ts"
import type { LoadedStock } from "../state/StockBook.ts"
import {
  claimsOf,
  laneOf,
  nameOfObstacle,
  obstacleOf,
  type StockRequest,
  scopeOf,
  touchesOf,
  weightOf
} from "./batchScope.ts"
import { foldBatch } from "./foldBatch.ts"

/** The types of the inventory. */
export interface InventoryTypes {
  readonly request: StockRequest
  readonly answer: InventoryAnswer
  readonly refusal: InventoryRefusal
  readonly scope: StockScope
  readonly loaded: LoadedStock
  readonly changes: StockChanges
  readonly locked: LockedStock
  readonly obstacle: Obstacle
}

/** The inventory, as the engine runs it. */
export const inventoryDomain: Domain<InventoryTypes> = {
  name: "inventory",
  answerOf,
  scopeOf,
  fold: foldBatch,
  laneOf,
  weightOf,
  recordRules: {
    moreTargets: ({ payload }) => {
      const { orderId } = payload as { readonly orderId?: string }
      return orderId === undefined ? undefined : `ORDER:${orderId}`
    },
    roundBefore: "ExpireReservations"
  },
  shedding: {
    claimsOf,
    touchesOf,
    obstacleOf,
    nameOfObstacle,
    isBrief: (obstacle, locked) => locked.isBrief(obstacle)
  }
}
