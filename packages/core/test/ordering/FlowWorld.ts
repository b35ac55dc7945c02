/** A small shop whose orders come in as events: three orders, two SKUs, few units. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { isOrderEvent } from "../../src/inventory/messages/InventoryEvent.ts"
import { StockReads } from "../../src/inventory/ports/StockReads.ts"
import { expireLapsed } from "../../src/inventory/services/ExpirySweeper.ts"
import { Inventory } from "../../src/inventory/services/Inventory.ts"
import { OrderId } from "../../src/kernel/Identifier.ts"
import * as MemoryInventory from "../../src/memory/inventory/MemoryInventory.ts"
import { layerMemoryParkedEvents } from "../../src/memory/ordering/MemoryParkedEvents.ts"
import { OrderFlow } from "../../src/ordering/OrderFlow.ts"
import { ParkedOrderEvents } from "../../src/ordering/ParkedOrderEvents.ts"
import { ReplayedStock } from "../../src/testing/invariants/ReplayedStock.ts"
import { checkFlow, type FlowTally, wordOf } from "./flowChecks.ts"

type Services = Inventory | StockReads | OrderFlow | ParkedOrderEvents

const beginning = Date.parse("2026-03-01T09:00:00.000Z")
const orders = ["one", "two", "three"] as const
const types = ["order.created", "order.paid", "order.fulfilled", "order.cancelled"] as const
const skus = { scarce: 1, some: 4 } as const

/** What each order asks for: any two of them ask for more than there is of something. */
const linesOf: { readonly [order: string]: ReadonlyArray<object> } = {
  one: [{ skuId: "scarce", quantity: 1 }],
  two: [
    { skuId: "some", quantity: 3 },
    { skuId: "scarce", quantity: 1 }
  ],
  three: [{ skuId: "some", quantity: 2 }]
}

/** The nth event of an order. `copy` is another event id for the same happening. */
const eventOf = (order: number, type: number, copy: number) => {
  const orderId = orders[order] ?? "one"
  const isCreated = types[type] === "order.created"
  return {
    eventId: `${orderId}-${type}-${copy}`,
    eventType: types[type],
    aggregateId: orderId,
    timestamp: new Date(beginning + type * 1_000).toISOString(),
    payload: { orderId, ...(isCreated ? { lines: linesOf[orderId], ttl: 60 } : {}) }
  }
}

const ordersTimesTypes = orders.length * types.length

/** How many different steps there are. */
export const deliveries = 2 * ordersTimesTypes + 10

/** One shop. */
export class FlowWorld {
  private readonly context: Context.Context<Services>
  private readonly clock: TestClock.TestClock
  private readonly tally: FlowTally
  private readonly received: Record<string, number> = { ...skus }
  private readonly log = new ReplayedStock()

  private constructor(
    context: Context.Context<Services>,
    clock: TestClock.TestClock,
    tally: FlowTally
  ) {
    this.context = context
    this.clock = clock
    this.tally = tally
  }

  /** Opens a shop with its units. */
  static open = (tally: FlowTally): Effect.Effect<FlowWorld, unknown, Scope.Scope> =>
    Effect.gen(function* () {
      const clock = yield* TestClock.make()
      yield* clock.setTime(beginning)
      const stores = Layer.provide(
        Layer.merge(MemoryInventory.layer, layerMemoryParkedEvents),
        Layer.succeed(Clock.Clock, clock)
      )
      const context = yield* Layer.build(
        OrderFlow.layer({ parkedMillisMax: 60_000 }).pipe(
          Layer.provideMerge(Inventory.layer()),
          Layer.provideMerge(stores)
        )
      )
      const inventory = Context.get(context, Inventory)
      for (const [skuId, initialStock] of Object.entries(skus)) {
        yield* inventory.registerSku({ skuId, code: skuId, name: skuId, initialStock })
      }
      return new FlowWorld(context, clock, tally)
    })

  /** One step: an event comes, two come at once, time passes, goods come in. */
  take(step: number): Effect.Effect<void, unknown> {
    return Effect.andThen(this.doing(step), this.checked)
  }

  private doing(step: number): Effect.Effect<unknown, unknown> {
    if (step < 2 * ordersTimesTypes) return this.deliver(step)
    const flow = Context.get(this.context, OrderFlow)
    switch (step - 2 * ordersTimesTypes) {
      case 0:
        return this.clock.adjust("10 seconds")
      case 1:
      case 2:
        return this.clock.adjust("70 seconds")
      case 3:
        return this.receive("scarce")
      case 4:
        return Effect.provideContext(expireLapsed, this.context)
      case 5:
        return Effect.andThen(this.clock.adjust("70 seconds"), flow.deadLetterOverdue)
      case 6:
      case 7:
        // The holds of one order lapse, another order takes the units, and then the first is paid.
        return [0, 4]
          .reduce<Effect.Effect<unknown, unknown>>(
            (before, event) =>
              before.pipe(
                Effect.andThen(this.deliver(event)),
                Effect.andThen(this.clock.adjust("70 seconds"))
              ),
            Effect.void
          )
          .pipe(Effect.andThen(this.deliver(8)), Effect.andThen(this.deliver(5)))
      case 8:
        return Effect.all([this.deliver(0), this.deliver(4)], { concurrency: "unbounded" })
      default:
        return Effect.all(
          [5, 4, 7, 5].map((event) => this.deliver(event)),
          {
            concurrency: "unbounded"
          }
        )
    }
  }

  private deliver(n: number): Effect.Effect<void, unknown> {
    const event = eventOf(
      Math.floor(n / types.length) % orders.length,
      n % types.length,
      Math.floor(n / ordersTimesTypes)
    )
    const flow = Context.get(this.context, OrderFlow)
    return Effect.map(flow.handleOrderEvent(event), (handled) => this.tally.count(handled))
  }

  private receive(skuId: string): Effect.Effect<unknown, unknown> {
    this.received[skuId] = (this.received[skuId] ?? 0) + 1
    return Context.get(this.context, Inventory).receive({ skuId, quantity: 1 })
  }

  /** Looks at the whole log after each step. */
  private readonly checked: Effect.Effect<void, unknown> = Effect.suspend(() => {
    const reads = Context.get(this.context, StockReads)
    return Effect.map(reads.events(this.log.events.length, 1_000), (page) => {
      const events = page.map(({ event }) => event)
      for (const event of events) {
        if (isOrderEvent(event)) this.tally.add(`event ${wordOf(event)}`)
      }
      this.log.apply(events)
      checkFlow(this.log, this.received)
    })
  })

  /** Everything comes once more, twice over: after the first time, nothing changes any more. */
  readonly settle: Effect.Effect<void, unknown> = Effect.gen({ self: this }, function* () {
    const all = Array.from({ length: ordersTimesTypes }, (_, n) => n)
    for (const n of all) yield* this.deliver(n)
    yield* this.checked
    const before = this.log.events.length
    for (const n of [...all, ...all.toReversed()]) yield* this.deliver(n)
    yield* this.checked
    if (this.log.events.length !== before) throw new Error("a repeat changed something")
    const parked = Context.get(this.context, ParkedOrderEvents)
    for (const order of orders) {
      const { status } = this.log.placedOrders.get(order) ?? {}
      if (status === undefined || status === "RESERVED") {
        throw new Error(`order ${order} got all its events and is ${status}`)
      }
      const waiting = yield* parked.waiting(OrderId.make(order))
      if (waiting.length > 0) throw new Error(`${waiting.length} events wait for nothing`)
      this.tally.add(`end ${status}`)
    }
  })
}
