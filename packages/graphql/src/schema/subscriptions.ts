/**
 * What can be followed. Each field says of which events it is; `subscribe` only notes what is followed,
 * since the stream is made from the log, and every message is executed by itself.
 */
import type { EventId } from "@holdfast/core/inventory"
import {
  GraphQLError,
  type GraphQLFieldConfig,
  GraphQLID,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType
} from "graphql"
import type { Asked, Followed } from "../reading/Asked.ts"
import { ask } from "../reading/asking.ts"
import type { Outputs } from "./outputs.ts"
import { Units } from "./scalars.ts"

/** An event that a message is about. */
export interface Message {
  readonly position: number
  readonly eventId: EventId
  readonly skuId: string
  readonly reservationId: string | undefined
  /** The event as the API has it. */
  readonly event: () => object
}

const required = (type: GraphQLOutputType) => new GraphQLNonNull(type as never)

const position = {
  type: required(Units),
  description: "Its place in the log: give it as `after` to go on from there."
}

const event = (outputs: Outputs): GraphQLFieldConfig<Message, Asked> => ({
  type: outputs.event,
  description: "The event itself, for who may read the log.",
  resolve: (message, _args, asked) =>
    // The question that is asked is whether who asks may read events at all.
    ask(asked, "events", { after: message.position - 1, size: 1 }).then(() => message.event())
})

const after = {
  type: Units,
  description: "Events after this position; those from now on unless given. Last-Event-ID wins."
}

/** The most SKUs that one subscription follows. */
const skuIdsMax = 100

/** No message: the stream is made elsewhere. */
async function* nothing(): AsyncGenerator<never> {
  yield* []
}

/** Notes what is followed, and gives graphql-js nothing to follow by itself. */
const noting =
  (follow: (args: never) => Followed) =>
  async (_source: unknown, args: never, asked: Asked): Promise<AsyncIterable<never>> => {
    const followed = follow(args)
    if (followed.field === "stockChanged" && followed.skuIds.length > skuIdsMax) {
      throw new GraphQLError(`skuIds must name at most ${skuIdsMax} SKUs`, {
        extensions: { code: "invalid-input", status: 400 }
      })
    }
    await asked.follow?.(followed)
    return nothing()
  }

/** The root fields of subscriptions. */
export const subscriptionsOf = (outputs: Outputs) => {
  const stockChange = new GraphQLObjectType<Message, Asked>({
    name: "StockChange",
    description: "Something happened to a SKU.",
    fields: () => ({
      position,
      skuId: { type: required(GraphQLID) },
      offered: {
        type: outputs.offered,
        description: "What can be had of it now, which may be newer than the event.",
        extensions: { holdfast: { rows: 1 } },
        resolve: ({ skuId }, _args, asked) =>
          ask(asked, "stockStatus", { skuIds: [skuId] }).then(({ items }) => items[0] ?? null)
      },
      stock: {
        type: outputs.stock,
        description: "Its stock now, for who may see it.",
        extensions: { holdfast: { rows: 1 } },
        resolve: ({ skuId }, _args, asked) => ask(asked, "stock", { skuId })
      },
      event: event(outputs)
    })
  })
  const reservationChange = new GraphQLObjectType<Message, Asked>({
    name: "ReservationChange",
    description: "Something happened to a hold of the order.",
    fields: () => ({
      position,
      reservation: {
        type: outputs.reservation,
        description: "The hold now, which may be newer than the event.",
        extensions: { holdfast: { rows: 1 } },
        resolve: ({ reservationId }, _args, asked) =>
          reservationId === undefined ? null : ask(asked, "reservation", { reservationId })
      },
      event: event(outputs)
    })
  })
  return {
    stockChanged: {
      type: stockChange,
      description: `What happens to up to ${skuIdsMax} SKUs, as it happens.`,
      extensions: { holdfast: { rows: "skuIds" } },
      args: {
        skuIds: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(GraphQLID))) },
        after
      },
      subscribe: noting(
        ({ after: from, skuIds }: { readonly after?: number; readonly skuIds: Array<string> }) => ({
          field: "stockChanged",
          skuIds,
          after: from ?? undefined
        })
      ),
      resolve: (message: Message) => message
    },
    reservationChanged: {
      type: reservationChange,
      description: "What happens to the holds of an order, as it happens.",
      extensions: { holdfast: { rows: 1 } },
      args: { orderId: { type: new GraphQLNonNull(GraphQLID) }, after },
      subscribe: noting(
        ({ after: from, orderId }: { readonly after?: number; readonly orderId: string }) => ({
          field: "reservationChanged",
          orderId,
          after: from ?? undefined
        })
      ),
      resolve: (message: Message) => message
    }
  }
}
