/** SERVICE. The gRPC server: the services of the contexts that are there, on a port of its own. */
import type { Duplex } from "node:stream"
import type { DescService } from "@bufbuild/protobuf"
import { Server, ServerCredentials, type UntypedHandleCall } from "@grpc/grpc-js"
import {
  Catalog,
  operations as catalogOperations,
  readCommand as readCatalogCommand
} from "@holdfast/core/catalog"
import {
  Inventory,
  operations as inventoryOperations,
  readCommand as readInventoryCommand
} from "@holdfast/core/inventory"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Result from "effect/Result"
import { services, toolServices } from "../contract/services.ts"
import type { Refused } from "../status/statusOf.ts"
import { makeWeb, type ServiceHandlers, type WebHandler } from "../web/webHandler.ts"
import { type Admission, makeAdmission } from "./admission.ts"
import { type Around, callMeter, type Running, streaming, unary } from "./calls.ts"
import { type ContextService, contextHandlers, type Row } from "./contextHandlers.ts"
import { addService } from "./definitions.ts"
import { eventHandlers, eventMethod } from "./eventHandlers.ts"
import { GrpcNotServed } from "./GrpcNotServed.ts"
import { type GrpcOptions, type GrpcSettings, settingsOf } from "./GrpcOptions.ts"
import { healthOf } from "./health.ts"
import type { Method } from "./Method.ts"
import { catalogQuestions, inventoryQuestions } from "./questions.ts"
import { reflectionOf } from "./reflection.ts"

/** Where a gRPC server listens, and what takes requests of gRPC-Web, where the options ask for it. */
export class GrpcAddress extends Context.Service<
  GrpcAddress,
  { readonly host: string; readonly port: number; readonly web: WebHandler | undefined }
>()("@holdfast/grpc/GrpcAddress") {}

/** A context that is served. */
interface Served {
  readonly service: DescService
  readonly rows: Readonly<Record<string, Row>>
  readonly context: ContextService & Pick<Method, "context">
  readonly ping: Effect.Effect<unknown, unknown>
}

type Ask = (input: unknown) => ReturnType<ContextService["ask"]>

/** The questions of a context, by their names. */
const asking = (queries: object): ContextService["ask"] => {
  const methods = queries as { readonly [name: string]: Ask | undefined }
  return (name, input) => methods[name]?.(input) ?? Effect.die(`there is no question ${name}`)
}

/** A context over its commands and its questions. */
const servedOver = <Command>(
  about: Pick<Served, "service" | "rows"> & Pick<Method, "context">,
  read: (input: unknown) => Result.Result<Command, Refused>,
  execute: (
    command: Command,
    options: Parameters<ContextService["execute"]>[1]
  ) => ReturnType<ContextService["execute"]>,
  queries: { readonly ping: (input: object) => Effect.Effect<unknown, unknown> }
): Served => ({
  ...about,
  context: {
    context: about.context,
    execute: (input, options) =>
      Effect.flatMap(Effect.fromResult(read(input)), (command) => execute(command, options)),
    ask: asking(queries)
  },
  ping: queries.ping({})
})

const servedContexts = Effect.gen(function* () {
  const served: Array<Served> = []
  const inventory = Option.all([yield* Effect.serviceOption(Inventory), yield* inventoryQuestions])
  if (Option.isSome(inventory)) {
    const [{ execute }, queries] = inventory.value
    const about = {
      context: "inventory" as const,
      service: services.inventory,
      rows: inventoryOperations
    }
    served.push(servedOver(about, readInventoryCommand, execute, queries))
  }
  const catalog = Option.all([yield* Effect.serviceOption(Catalog), yield* catalogQuestions])
  if (Option.isSome(catalog)) {
    const [{ execute }, queries] = catalog.value
    const about = {
      context: "catalog" as const,
      service: services.catalog,
      rows: catalogOperations
    }
    served.push(servedOver(about, readCatalogCommand, execute, queries))
  }
  return served
})

/** Everybody who may connect may ask whether there is an answer, and which services there are. */
const open: Around = (effect) => effect

/** What services are added to. */
class Services {
  readonly added: Array<ServiceHandlers> = []
  private readonly server: Server

  constructor(server: Server) {
    this.server = server
  }

  add(service: DescService, handlers: ReadonlyMap<string, UntypedHandleCall>): void {
    addService(this.server, service, handlers)
    this.added.push({ service, handlers })
  }
}

const untyped = (handler: unknown) => handler as UntypedHandleCall

const addEvents = Effect.fnUntraced(function* (
  server: Services,
  admission: Admission,
  running: Running
) {
  const { page, stream } = yield* eventHandlers
  const aroundPage: Around = (effect, call) =>
    admission.unary(eventMethod("GetEvents", call.request), call, effect)
  const aroundStream: Around = (effect, call) =>
    admission.stream(eventMethod("StreamEvents", call.request), call, effect)
  server.add(
    services.events,
    new Map([
      ["GetEvents", untyped(unary(page, aroundPage, running))],
      ["StreamEvents", untyped(streaming(stream, aroundStream, running))]
    ])
  )
})

const addTools = (
  server: Services,
  contexts: ReadonlyArray<Served>,
  running: Running,
  isLeaving: () => boolean
): void => {
  const pings = contexts.map(({ ping, service }) => [service.typeName, ping] as const)
  const pingOfAll = Effect.all(
    contexts.map(({ ping }) => ping),
    { discard: true }
  )
  const health = healthOf(new Map([...pings, [services.events.typeName, pingOfAll]]), isLeaving)
  server.add(
    toolServices.health,
    new Map([
      ["Check", untyped(unary(health.check, open, running))],
      ["Watch", untyped(streaming(health.watch, open, running))]
    ])
  )
  const described = [
    ...contexts.map(({ service }) => service),
    services.events,
    ...Object.values(toolServices)
  ]
  for (const own of [toolServices.reflection, toolServices.reflectionAlpha]) {
    server.add(own, reflectionOf(own, described))
  }
}

const addServices = Effect.fnUntraced(function* (
  server: Services,
  admission: Admission,
  running: Running,
  isLeaving: () => boolean
) {
  const contexts = yield* servedContexts
  for (const { context, rows, service } of contexts) {
    const handlers = [...contextHandlers(service, rows, context)].map(
      ([name, { handler, method }]) => {
        const around: Around = (effect, call) => admission.unary(method, call, effect)
        return [name, untyped(unary(handler, around, running))] as const
      }
    )
    server.add(service, new Map(handlers))
  }
  yield* addEvents(server, admission, running)
  addTools(server, contexts, running, isLeaving)
})

/** Calls that one connection may have under way at once. */
const streamsOfConnectionMax = 1_000

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

/** Connections that a host hands over. grpc-js does not wait for them when it shuts down. */
class HandedOver {
  private readonly open = new Set<Duplex>()
  private readonly waiting: Array<() => void> = []

  add(connection: Duplex): void {
    this.open.add(connection)
    connection.once("close", () => {
      this.open.delete(connection)
      if (this.open.size === 0) for (const resolve of this.waiting.splice(0)) resolve()
    })
  }

  /** Waits until all are closed. */
  readonly closed: Effect.Effect<void> = Effect.promise(() =>
    this.open.size === 0
      ? Promise.resolve()
      : new Promise<void>((resolve) => this.waiting.push(resolve))
  )
}

const stopped = (server: Server, handedOver: HandedOver, drainMillis: number) =>
  Effect.callback<void>((resume) => server.tryShutdown(() => resume(Effect.void))).pipe(
    Effect.andThen(handedOver.closed),
    Effect.timeoutOption(drainMillis),
    Effect.andThen(Effect.sync(() => server.forceShutdown()))
  )

/** Listens as the host does, or in the clear. */
const listening = (
  server: Server,
  handedOver: HandedOver,
  { host, listen, port }: GrpcSettings
) => {
  if (listen === undefined) return bound(server, host, port)
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure())
  return listen((connection) => {
    handedOver.add(connection)
    injector.injectConnection(connection)
  })
}

/** Waits until the host leaves; without end where it never does. */
const aborted = (signal: AbortSignal | undefined): Effect.Effect<void> =>
  signal === undefined
    ? Effect.never
    : Effect.callback((resume) => {
        const onAbort = () => resume(Effect.void)
        if (signal.aborted) return onAbort()
        signal.addEventListener("abort", onAbort)
        return Effect.sync(() => signal.removeEventListener("abort", onAbort))
      })

/**
 * The server, for as long as its scope. It serves the contexts whose services are there. At its end
 * streams end, calls under way are answered, and what is left after the time for it is cut.
 */
export const layerGrpcServer = (
  options: GrpcOptions = {}
): Layer.Layer<GrpcAddress, GrpcNotServed> =>
  Layer.effect(
    GrpcAddress,
    Effect.gen(function* () {
      const settings = settingsOf(options)
      const { callMillisMax, drainMillis, host, messageBytesMax } = settings
      const server = new Server({
        "grpc.max_receive_message_length": messageBytesMax,
        "grpc.max_concurrent_streams": streamsOfConnectionMax,
        "grpc.keepalive_time_ms": 60_000,
        "grpc.keepalive_timeout_ms": 20_000,
        "grpc.max_connection_idle_ms": 600_000
      })
      const fork = Effect.runForkWith(yield* Effect.context<never>())
      const stopping = yield* Deferred.make<void>()
      const leaving = Effect.raceFirst(Deferred.await(stopping), aborted(settings.leaving))
      const admission = yield* makeAdmission(settings)
      const isLeaving = () => settings.leaving?.aborted === true
      const [added, handedOver] = [new Services(server), new HandedOver()]
      const ended = callMeter(yield* Effect.context<never>())
      const { accessLog } = settings
      const running = { fork, callMillisMax, leaving, ended, accessLog }
      yield* addServices(added, admission, running, isLeaving)
      const { corsOrigins } = settings.web ?? {}
      const web =
        corsOrigins &&
        (yield* Effect.promise(() => makeWeb(added.added, { corsOrigins, messageBytesMax })))
      const drained = Effect.timeoutOption(
        Effect.promise(() => web?.idle() ?? Promise.resolve()),
        drainMillis
      )
      yield* Effect.addFinalizer(() =>
        Effect.andThen(
          Deferred.succeed(stopping, undefined),
          Effect.all([stopped(server, handedOver, drainMillis), drained], {
            concurrency: 2,
            discard: true
          })
        )
      )
      return { host, port: yield* listening(server, handedOver, settings), web: web?.take }
    })
  )
