/** The event logs: pages of them, and streams that follow them. */
import { create, type DescMessage, type Message } from "@bufbuild/protobuf"
import { recordedName } from "@holdfast/core/audit"
import { CatalogLog } from "@holdfast/core/catalog"
import { type EventLog, eventOperations, logEvents } from "@holdfast/core/events"
import { EventView, eventView, InventoryLog, operations } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { services } from "../contract/services.ts"
import { messageCodec, type Plain } from "../messages/messageCodec.ts"
import type { Refused } from "../status/statusOf.ts"
import type { CallFailure, StreamHandler, UnaryHandler } from "./calls.ts"
import type { Method } from "./Method.ts"
import { catalogQuestions, inventoryQuestions } from "./questions.ts"

/** A question about a log, as its message has it: lists are empty unless it names something. */
interface AskedEvents {
  readonly context: number
  readonly after?: bigint
  readonly afterEventId?: string
  readonly size?: bigint
  readonly types: ReadonlyArray<string>
  readonly aggregateIds: ReadonlyArray<string>
  readonly orderId?: string
}

type Logged = Parameters<typeof eventView>[0]

interface Page {
  readonly items: ReadonlyArray<Logged>
  readonly next: number
}

/** A log that is served, by the number of its context. */
interface ServedLog {
  readonly page: (query: Plain) => Effect.Effect<Page, CallFailure>
  readonly watch: EventLog["watch"]
  readonly head: EventLog["head"]
}

const contextNames = ["", "EVENT_CONTEXT_INVENTORY", "EVENT_CONTEXT_CATALOG"]

const bad = (message: string): Refused => ({
  _tag: "InvalidInput",
  issues: [{ path: "context", message }]
})

const queryOf = ({
  after,
  afterEventId,
  aggregateIds,
  orderId,
  size,
  types
}: AskedEvents): Plain => ({
  ...(after === undefined ? {} : { after: Number(after) }),
  ...(afterEventId === undefined ? {} : { afterEventId }),
  ...(size === undefined ? {} : { size: Number(size) }),
  ...(types.length === 0 ? {} : { types }),
  ...(aggregateIds.length === 0 ? {} : { aggregateIds }),
  ...(orderId === undefined ? {} : { orderId })
})

const messageNamed = (name: string): DescMessage => {
  const method = services.events.methods.find((one) => one.name === name)
  if (method === undefined) throw new Error(`there is no method ${name}`)
  return method.output
}

/** The codec of an event, held to its schema. */
export const eventCodec = () => {
  const desc = messageNamed("StreamEvents").fields[0]?.message
  if (desc === undefined) throw new Error("StreamEventsResponse has no event")
  return messageCodec(EventView.ast, desc)
}

/** The handlers, for the logs that are there. */
export const eventHandlers = Effect.gen(function* () {
  const served = new Map<number, ServedLog>()
  const inventory = Option.all([
    yield* inventoryQuestions,
    yield* Effect.serviceOption(InventoryLog)
  ])
  if (Option.isSome(inventory)) {
    const [queries, { head, watch }] = inventory.value
    served.set(1, { page: (query) => queries.events(query as never), watch, head })
  }
  const catalog = Option.all([yield* catalogQuestions, yield* Effect.serviceOption(CatalogLog)])
  if (Option.isSome(catalog)) {
    const [queries, { head, watch }] = catalog.value
    served.set(2, { page: (query) => queries.events(query as never), watch, head })
  }

  const { codec, faults } = eventCodec()
  if (faults.length > 0) throw new Error(`Event does not fit its schema: ${faults.join("; ")}`)
  const [pageDesc, streamDesc] = [messageNamed("GetEvents"), messageNamed("StreamEvents")]
  const eventMessage = (event: Logged) => codec.toMessage(eventView(event) as unknown as Plain)

  const logOf = (asked: AskedEvents): Effect.Effect<ServedLog, Refused> => {
    const log = served.get(asked.context)
    if (log !== undefined) return Effect.succeed(log)
    const name = contextNames[asked.context]
    return Effect.fail(
      bad(
        name
          ? `is ${name}, which is not served here`
          : `must be ${contextNames.slice(1).join(" or ")}`
      )
    )
  }

  const page: UnaryHandler = (request) => {
    const asked = request as unknown as AskedEvents
    return Effect.map(
      Effect.gen(function* () {
        const log = yield* logOf(asked)
        const found = yield* log.page(queryOf(asked))
        // A page without events is no answer to who has seen more than there is.
        if (found.items.length === 0) {
          const head = yield* log.head
          if (found.next > head) {
            return yield* Effect.fail<Refused>({
              ...{ _tag: "PositionBeyondLog", after: found.next, head }
            })
          }
        }
        return found
      }),
      ({ items, next }) => ({
        message: create(pageDesc, {
          items: items.map(eventMessage),
          next: BigInt(next)
        } as Record<string, unknown>),
        isReplayed: false
      })
    )
  }

  const stream: StreamHandler = (request) => {
    const asked = request as unknown as AskedEvents
    const { after = 0, afterEventId, ...filter } = queryOf(asked)
    const position = after as number
    // Only the first page that has events comes after the event that the reader has.
    let witness: Plain = afterEventId === undefined ? {} : { afterEventId }
    const followed = Effect.gen(function* () {
      const log = yield* logOf(asked)
      // The first page says what is wrong with the question before anything is followed.
      yield* log.page({ ...filter, ...witness, after: position, size: 1 })
      const head = yield* log.head
      if (position > head) {
        return yield* Effect.fail<Refused>({ _tag: "PositionBeyondLog", after: position, head })
      }
      return logEvents(
        {
          read: (from, size) =>
            Effect.map(log.page({ ...filter, ...witness, after: from, size }), ({ items }) => {
              if (items.length > 0) witness = {}
              return items
            }),
          watch: log.watch
        },
        { after: position, follow: true }
      )
    })
    return Stream.map(
      Stream.unwrap(followed),
      (event): Message =>
        create(streamDesc, { event: eventMessage(event) } as Record<string, unknown>)
    )
  }

  return { page, stream }
})

/** What is known of the methods, for the context that a request names; the inventory, unless it names one. */
export const eventMethod = (name: "GetEvents" | "StreamEvents", request: Message): Method => {
  const isCatalog = (request as unknown as Partial<AskedEvents>).context === 2
  const [operationName, row] =
    name === "StreamEvents"
      ? (["streamEvents", eventOperations.streamEvents] as const)
      : (["events", operations.events] as const)
  return {
    context: isCatalog ? "catalog" : "inventory",
    operation: { name: operationName, permission: row.permission },
    kind: "reads",
    recordedAs: recordedName(operationName, row)
  }
}
