/**
 * The draft of one decision: an open book that also writes down the events. It knows how an event is
 * numbered, and what an event of a product carries; it decides nothing. A refused draft is dropped.
 */
import { eventFrom, type Origin } from "../../kernel/DomainEvent.ts"
import { type OptionId, optionIdOf, type SkuId } from "../../kernel/Identifier.ts"
import type {
  CatalogAggregateIds,
  CatalogEvent,
  CatalogEventType,
  CatalogPayloads
} from "../messages/CatalogEvent.ts"
import type { CatalogBook } from "../state/CatalogBook.ts"
import { type ChangeableField, type Product, skuIdsOf } from "../state/Product.ts"
import type { ProductOption, StatusBy } from "../state/ProductOption.ts"
import { OpenBook } from "./OpenBook.ts"

/**
 * What the inventory answered about a command before it was queued: the SKUs of its mappings that
 * it does not know, and the options of its product through which holds are open.
 */
export interface InventoryWord {
  readonly unknownSkuIds: ReadonlyArray<SkuId>
  readonly heldOptionIds: ReadonlyArray<OptionId>
}

/** What the inventory answers when nothing is in the way. */
export const noObjection: InventoryWord = { unknownSkuIds: [], heldOptionIds: [] }

/** The draft of one decision. */
export class Draft extends OpenBook {
  readonly origin: Origin
  readonly word: InventoryWord
  private optionsMade = 0

  constructor(base: CatalogBook, origin: Origin, word: InventoryWord) {
    super(base)
    this.origin = origin
    this.word = word
  }

  /** The id of the next option that this command makes without naming it. */
  nextOptionId(): OptionId {
    return optionIdOf(this.origin.commandId, this.optionsMade++)
  }

  /** Writes down one event of an aggregate and applies it. */
  emit<Type extends CatalogEventType>(
    eventType: Type,
    aggregateId: CatalogAggregateIds[Type],
    version: number,
    payload: CatalogPayloads[Type]
  ): void {
    const about = { eventType, aggregateId, version, payload }
    const event: unknown = eventFrom(this.origin, this.events.length, this.now, about)
    this.record(event as CatalogEvent)
  }

  /** A new product, as it is proposed. */
  create(product: Product): Product {
    this.emit("product.created", product.id, product.version, {
      product,
      changed: [],
      skuIds: { before: [], after: skuIdsOf(product) }
    })
    return product
  }

  /**
   * A product as people changed it, with one event more for each option that became sold out, or
   * active after it was sold out.
   */
  change(before: Product, proposed: Product, changed: ReadonlyArray<ChangeableField>): Product {
    const product: Product = {
      ...proposed,
      version: before.version + 1,
      revision: before.revision + 1,
      updatedAt: this.now
    }
    this.emit("product.updated", product.id, product.version, {
      product,
      changed,
      skuIds: { before: skuIdsOf(before), after: skuIdsOf(product) }
    })
    const earlier = new Map(before.options.map((option) => [option.id, option.status]))
    for (const option of product.options) {
      const status = earlier.get(option.id)
      if (status === undefined || status === option.status) continue
      const isBack = status === "SOLD_OUT" && option.status === "ACTIVE"
      if (isBack || option.status === "SOLD_OUT") {
        this.moveOption(option, option.status, option.statusBy)
      }
    }
    return this.current(product)
  }

  /** An option that became sold out, or is active again. */
  moveOption(option: ProductOption, status: ProductOption["status"], statusBy: StatusBy): void {
    const { id: optionId, productId, skuMappings } = option
    const version = (this.product(productId)?.version ?? 0) + 1
    const eventType = status === "SOLD_OUT" ? "product.option.sold-out" : "product.option.back"
    this.emit(eventType, productId, version, {
      productId,
      optionId,
      statusBy,
      skuIds: skuMappings.map(({ skuId }) => skuId)
    })
  }

  /** A product as it is after the events of this draft. */
  current(product: Product): Product {
    const current = this.product(product.id)
    if (current === undefined) throw new Error(`product ${product.id} is not in the book`)
    return current
  }
}
