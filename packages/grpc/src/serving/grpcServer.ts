/** SERVICE. The gRPC server: the services of the contexts that are there, on a port of its own. */
import type { DescService } from "@bufbuild/protobuf"
import { Server, ServerCredentials, type UntypedHandleCall } from "@grpc/grpc-js"
import {
  Catalog,
  CatalogQueries,
  operations as catalogOperations,
  readCommand as readCatalogCommand
} from "@holdfast/core/catalog"
import {
  Inventory,
  InventoryQueries,
  operations as inventoryOperations,
  readCommand as readInventoryCommand
} from "@holdfast/core/inventory"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { services, toolServices } from "../contract/services.ts"
import { aroundCall } from "./aroundCall.ts"
import { type Running, streaming, unary } from "./calls.ts"
import { type ContextService, contextHandlers } from "./contextHandlers.ts"
import { addService } from "./definitions.ts"
import { eventHandlers } from "./eventHandlers.ts"
import { type GrpcOptions, settingsOf } from "./GrpcOptions.ts"
import { healthOf } from "./health.ts"
import { reflectionOf } from "./reflection.ts"

/** The server cannot listen, such as when its port is taken. */
export class GrpcNotServed extends Data.TaggedError("GrpcNotServed")<{
  readonly message: string
}> {}

/** Where a gRPC server listens. */
export class GrpcAddress extends Context.Service<
  GrpcAddress,
  { readonly host: string; readonly port: number }
>()("@holdfast/grpc/GrpcAddress") {}

/** A context that is served. */
interface Served {
  readonly service: DescService
  readonly rows: Parameters<typeof contextHandlers>[1]
  readonly context: ContextService
  readonly ping: Effect.Effect<unknown, unknown>
}

type Ask = (input: unknown) => ReturnType<ContextService["ask"]>

/** The questions of a context, by their names. */
const asking = (queries: object): ContextService["ask"] => {
  const methods = queries as { readonly [name: string]: Ask | undefined }
  return (name, input) => methods[name]?.(input) ?? Effect.die(`there is no question ${name}`)
}

const servedContexts = Effect.gen(function* () {
  const served: Array<Served> = []
  const inventory = Option.all([
    yield* Effect.serviceOption(Inventory),
    yield* Effect.serviceOption(InventoryQueries)
  ])
  if (Option.isSome(inventory)) {
    const [{ execute }, queries] = inventory.value
    served.push({
      service: services.inventory,
      rows: inventoryOperations,
      context: {
        execute: (input, options) =>
          Effect.flatMap(Effect.fromResult(readInventoryCommand(input as unknown)), (command) =>
            execute(command, options)
          ),
        ask: asking(queries)
      },
      ping: queries.ping({})
    })
  }
  const catalog = Option.all([
    yield* Effect.serviceOption(Catalog),
    yield* Effect.serviceOption(CatalogQueries)
  ])
  if (Option.isSome(catalog)) {
    const [{ execute }, queries] = catalog.value
    served.push({
      service: services.catalog,
      rows: catalogOperations,
      context: {
        execute: (input, options) =>
          Effect.flatMap(Effect.fromResult(readCatalogCommand(input as unknown)), (command) =>
            execute(command, options)
          ),
        ask: asking(queries)
      },
      ping: queries.ping({})
    })
  }
  return served
})

const mapValues = <A>(
  handlers: ReadonlyMap<string, A>,
  through: (handler: A) => unknown
): ReadonlyMap<string, UntypedHandleCall> =>
  new Map([...handlers].map(([name, handler]) => [name, through(handler) as UntypedHandleCall]))

const addServices = Effect.fnUntraced(function* (server: Server, running: Running) {
  const contexts = yield* servedContexts
  for (const { context, rows, service } of contexts) {
    const handlers = contextHandlers(service, rows, context)
    addService(
      server,
      service,
      mapValues(handlers, (handler) => unary(handler, running))
    )
  }
  const events = yield* eventHandlers
  addService(
    server,
    services.events,
    new Map<string, UntypedHandleCall>([
      ["GetEvents", unary(events.page, running) as UntypedHandleCall],
      ["StreamEvents", streaming(events.stream, running) as UntypedHandleCall]
    ])
  )
  const all = [...contexts.map(({ service }) => service), services.events]
  const pingOfAll = Effect.all(
    contexts.map(({ ping }) => ping),
    { discard: true }
  )
  // Whoever may connect may ask whether there is an answer, and which services there are.
  const open = { ...running, around: <A>(effect: A) => effect } as unknown as Running
  const health = healthOf(
    new Map([
      ...contexts.map(({ ping, service }) => [service.typeName, ping] as const),
      [services.events.typeName, pingOfAll]
    ])
  )
  addService(
    server,
    toolServices.health,
    new Map<string, UntypedHandleCall>([
      ["Check", unary(health.check, open) as UntypedHandleCall],
      ["Watch", streaming(health.watch, open) as UntypedHandleCall]
    ])
  )
  const told = [...all, ...Object.values(toolServices)]
  for (const own of [toolServices.reflection, toolServices.reflectionAlpha]) {
    addService(server, own, reflectionOf(own, told))
  }
})

const bound = (server: Server, host: string, port: number) =>
  Effect.callback<number, GrpcNotServed>((resume) => {
    const address = `${host.includes(":") ? `[${host}]` : host}:${port}`
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, found) =>
      resume(
        error === null
          ? Effect.succeed(found)
          : Effect.fail(
              new GrpcNotServed({ message: `gRPC cannot listen on ${address}: ${error.message}` })
            )
      )
    )
  })

/** How long calls under way may take to end when the server stops, before they are cut. */
const drainMillis = 10_000

const stopped = (server: Server) =>
  Effect.callback<void>((resume) => server.tryShutdown(() => resume(Effect.void))).pipe(
    Effect.timeoutOption(drainMillis),
    Effect.andThen(Effect.sync(() => server.forceShutdown()))
  )

/** The server, for as long as its scope. It serves the contexts whose services are there. */
export const layerGrpcServer = (
  options: GrpcOptions = {}
): Layer.Layer<GrpcAddress, GrpcNotServed> =>
  Layer.effect(
    GrpcAddress,
    Effect.gen(function* () {
      const settings = settingsOf(options)
      const { callMillisMax, host, messageBytesMax, port } = settings
      const server = new Server({
        "grpc.max_receive_message_length": messageBytesMax,
        "grpc.keepalive_time_ms": 60_000,
        "grpc.keepalive_timeout_ms": 20_000
      })
      const fork = Effect.runForkWith(yield* Effect.context<never>())
      yield* addServices(server, { fork, around: aroundCall(settings), callMillisMax })
      const found = yield* Effect.acquireRelease(bound(server, host, port), () => stopped(server))
      return { host, port: found }
    })
  )
