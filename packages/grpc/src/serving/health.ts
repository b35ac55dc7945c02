/** Health, as every gRPC tool asks it: whether the stores behind the services answer. */
import { create, type Message } from "@bufbuild/protobuf"
import { rememberedFor } from "@holdfast/core/engine"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { toolServices } from "../contract/services.ts"
import type { Refused } from "../status/statusOf.ts"
import type { StreamHandler, UnaryHandler } from "./calls.ts"

/** The words of `HealthCheckResponse.ServingStatus`. */
const SERVING = 1
const NOT_SERVING = 2
const SERVICE_UNKNOWN = 3

/** For how long the stores are not asked again: anybody may ask, and as many at a time as they like. */
const askedMillis = 500

/** How often somebody who watches hears of a change at the latest. */
const watchMillis = 1_000

const [check] = toolServices.health.methods

const answerOf = (status: number): Message => {
  if (check === undefined) throw new Error("grpc.health.v1.Health has no method")
  return create(check.output, { status } as Record<string, unknown>)
}

const notFound = (service: string): Refused => ({ _tag: "ServiceNotFound", service })

/**
 * The handlers, for services and whether each answers; the service "" is all of them. A server that leaves
 * says that it does not serve, so that balancers send it nothing more.
 */
export const healthOf = (
  stores: ReadonlyMap<string, Effect.Effect<unknown, unknown>>,
  isLeaving: () => boolean
): { readonly check: UnaryHandler; readonly watch: StreamHandler } => {
  const pings = new Map(
    [...stores].map(([name, ping]) => [name, rememberedFor(ping, askedMillis)] as const)
  )
  const statusOf = (name: string): Effect.Effect<number> => {
    const asked = name === "" ? [...pings.values()] : [pings.get(name)]
    const known = asked.filter((ping) => ping !== undefined)
    if (known.length === 0) return Effect.succeed(SERVICE_UNKNOWN)
    if (isLeaving()) return Effect.succeed(NOT_SERVING)
    return Effect.match(Effect.all(known, { discard: true, concurrency: "unbounded" }), {
      onFailure: () => NOT_SERVING,
      onSuccess: () => SERVING
    })
  }
  const nameIn = (request: Message): string =>
    (request as unknown as { readonly service: string }).service
  return {
    check: (request) =>
      Effect.flatMap(statusOf(nameIn(request)), (status) =>
        status === SERVICE_UNKNOWN
          ? Effect.fail(notFound(nameIn(request)))
          : Effect.succeed({ message: answerOf(status), isReplayed: false })
      ),
    watch: (request) =>
      Stream.tick(watchMillis).pipe(
        Stream.mapEffect(() => statusOf(nameIn(request))),
        Stream.changes,
        Stream.map(answerOf)
      )
  }
}
