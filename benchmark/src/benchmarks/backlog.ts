/** A long backlog: how fast a relay catches up, and whether it needs more memory on the way. */
import { kafkaPublisher } from "@holdfast/adapter-kafka/platformatic"
import { type EventPublisher, makeEventRelay } from "@holdfast/core/events"
import { InventoryLog } from "@holdfast/core/inventory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import type { Benchmark } from "../Bench.ts"
import { engineOver, runSql } from "../database.ts"
import { kafkaServer, makeTopics } from "../kafkaServer.ts"

const eventsUsually = 1_000_000

/** Events of many SKUs, as the log of a busy day has them. */
const insertEvents = (count: number) => `
insert into inventory.events (position, event_id, event_type, aggregate_id, version, "timestamp",
  command_id, payload)
select nextval('inventory.event_positions'), md5('e' || n)::uuid, 'inventory.stock.reserved',
  'sku-' || n % 5000, 1000 + n / 5000, now(), md5('c' || n)::uuid,
  json_build_object('reservationId', md5('r' || n)::uuid, 'orderId', 'order-' || n, 'lineId', '1',
    'skuId', 'sku-' || n % 5000, 'quantity', 1, 'locationId', 'default', 'totalQuantity', 1000,
    'reservedQuantity', 20, 'availableQuantity', 980, 'expiresAt', now())
from generate_series(1, ${count}) n`

const megabytesNow = () => process.memoryUsage.rss() / 1_048_576

/** What one half of the backlog took. */
class Half {
  readonly startedAt = performance.now()
  megabytes = megabytesNow()
  seconds = Number.NaN

  /** Looks at the memory. */
  look(): void {
    this.megabytes = Math.max(this.megabytes, megabytesNow())
  }

  end(): void {
    this.look()
    this.seconds = (performance.now() - this.startedAt) / 1_000
  }
}

/** Moves the log to a publisher until so many events are out; the two halves apart. */
const caughtUp = Effect.fnUntraced(function* (
  log: InventoryLog["Service"],
  publisher: EventPublisher,
  count: number
) {
  let done = 0
  const first = new Half()
  let second: Half | undefined
  let finish: () => void = () => undefined
  const over = new Promise<void>((resolve) => {
    finish = resolve
  })
  const publish: EventPublisher["publish"] = (events) =>
    Effect.tap(publisher.publish(events), () =>
      Effect.sync(() => {
        done += events.length
        ;(second ?? first).look()
        if (second === undefined && done >= count / 2) {
          first.end()
          second = new Half()
        }
        if (done < count) return
        second?.end()
        finish()
      })
    )
  const relay = makeEventRelay(log, { publish }, { cursor: "kafka", owner: "bench" })
  const running = yield* Effect.forkScoped(relay.run)
  yield* Effect.promise(() => over)
  yield* Fiber.interrupt(running)
  return { first, second: second ?? first }
})

/** A backlog of a million events. */
export const backlog: Benchmark = {
  name: "backlog",
  onlyWhenAsked: true,
  run: Effect.fnUntraced(function* (bench) {
    const { budget } = bench.race
    const count = "seconds" in budget ? eventsUsually : budget.operations * 50
    const { copy } = yield* bench.databases
    const { brokers } = yield* kafkaServer
    yield* Effect.promise(() => makeTopics(brokers, ["backlog.inventory"]))
    const publisher = yield* Effect.orDie(kafkaPublisher({ brokers, topicPrefix: "backlog" }))
    const url = yield* copy("backlog")
    yield* runSql(url, insertEvents(count), "vacuum analyze")
    const log = Context.get(yield* Layer.build(engineOver(url)), InventoryLog)
    const { first, second } = yield* caughtUp(log, publisher, count)
    const rowOf = (name: string, { megabytes, seconds }: Half) => ({
      ...{ name, perSecond: count / 2 / seconds, megabytes }
    })
    return {
      name: "backlog",
      title: "A backlog of events",
      about:
        `A relay moves ${count.toLocaleString("en-US")} events, which waited in PostgreSQL, to one broker, through ` +
        "@platformatic/kafka. The broker and PostgreSQL share the machine. The memory is that of the relay's process.",
      ratioIs: "",
      rows: [rowOf("first half", first), rowOf("second half", second)],
      aims: [
        {
          what: "memory in the second half, against the first",
          unit: "×",
          bound: { atMost: 1.1 },
          measured: second.megabytes / first.megabytes
        }
      ]
    }
  })
}
