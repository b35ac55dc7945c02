/**
 * What the Promise door takes about movements of stock: one, or many lines at once. The rules of
 * `InventoryInputs` hold here too.
 */

/** What the ledger may keep about a movement, each 1–255 characters. */
export interface MovementNotes {
  /** Your own word for what caused it, such as a delivery note. */
  readonly reference?: string | null | undefined
  readonly reason?: string | null | undefined
  readonly actor?: string | null | undefined
  /** When it happened, if that was not now; at most 5 minutes in the future. */
  readonly occurredAt?: Date | string | null | undefined
}

/** Whether a reference is for one booking. */
export interface OnceInput {
  /**
   * Whether another movement of this kind, of the SKU, under the `reference` refuses this one: false.
   * It needs a reference.
   */
  readonly onceOnly?: boolean | undefined
}

/** One SKU at one location. */
export interface AtLevel {
  readonly skuId: string
  /** The default location when left out. */
  readonly locationId?: string | undefined
}

/** Units that came in, left, or came back. */
export interface MoveStockInput extends AtLevel, MovementNotes, OnceInput {
  readonly quantity: number
}

/** Units that came back. */
export interface ReturnStockInput extends MoveStockInput {
  /** The order that they belong to. No more comes back of it than it got, over all returns. */
  readonly orderId?: string | undefined
}

/** What to do when a lower total would break promises. */
export interface ShortfallInput {
  /**
   * `REFUSE` (the default) lists the holds in the way; `RELEASE_NEWEST` takes back the newest
   * pending holds; `ACCEPT` leaves the shortfall standing. Not for an adjustment above zero.
   */
  readonly onShortfall?: "REFUSE" | "RELEASE_NEWEST" | "ACCEPT" | undefined
  /**
   * Whether `RELEASE_NEWEST` may take confirmed holds too, after all others: false. Only for
   * `RELEASE_NEWEST`.
   */
  readonly includeConfirmed?: boolean | undefined
}

/** Correct the total by a signed quantity. */
export interface AdjustStockInput extends AtLevel, MovementNotes, OnceInput, ShortfallInput {
  /** Above or below zero, never zero. */
  readonly quantity: number
  readonly reason: string
}

/** Set the total to what was counted. */
export interface CountStockInput extends AtLevel, MovementNotes, OnceInput, ShortfallInput {
  readonly countedQuantity: number
  /** The total that you expect to replace; another one is `StaleExpectation`. */
  readonly expectedQuantity?: number | undefined
}

/** Move units between two locations of one SKU. */
export interface TransferStockInput extends MovementNotes, OnceInput {
  readonly skuId: string
  readonly fromLocationId: string
  readonly toLocationId: string
  readonly quantity: number
  /** A UUID that pairs both movements; made up when left out. */
  readonly transferId?: string | undefined
}

/** The SKU of a line: its id, or the code that one SKU in use has; one of the two. */
export interface StockLineSku {
  readonly skuId?: string | undefined
  readonly code?: string | undefined
  /** That of the request when left out, or else the default location. */
  readonly locationId?: string | undefined
}

/** A line that sets the total to what was counted. */
export interface CountLineInput extends StockLineSku, MovementNotes, OnceInput, ShortfallInput {
  readonly type: "COUNT"
  readonly countedQuantity: number
  /** The total that you expect to replace; another one is `StaleExpectation`. */
  readonly expectedQuantity?: number | undefined
}

/** A line of goods that came in. */
export interface ReceiptLineInput extends StockLineSku, MovementNotes, OnceInput {
  readonly type: "RECEIPT"
  readonly quantity: number
}

/** A line that corrects a total. Its `reason` may be that of the request. */
export interface AdjustmentLineInput
  extends StockLineSku,
    MovementNotes,
    OnceInput,
    ShortfallInput {
  readonly type: "ADJUSTMENT"
  /** Above or below zero, never zero. */
  readonly quantity: number
}

/** One line of a bulk request. */
export type StockLineInput = CountLineInput | ReceiptLineInput | AdjustmentLineInput

/**
 * Change the stock of many SKUs in one request. Location, reference, reason, actor and `occurredAt` are
 * those of each line that has none of its own.
 */
export interface ChangeStockInput extends MovementNotes, OnceInput {
  /** 1 to 1,000 lines, taken in their order. A request counts a SKU at a location once. */
  readonly lines: ReadonlyArray<StockLineInput>
  /** Whether one line that is refused refuses them all: false. */
  readonly allOrNothing?: boolean | undefined
  /** The default location when left out. */
  readonly locationId?: string | undefined
}
