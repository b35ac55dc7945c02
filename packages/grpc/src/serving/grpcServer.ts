/** The gRPC server: the services of the contexts that are there, on a port of its own. */
import {
  type DescMessage,
  type DescMethod,
  type DescService,
  fromBinary,
  type Message,
  toBinary
} from "@bufbuild/protobuf"
import {
  type MethodDefinition,
  Server,
  ServerCredentials,
  type UntypedServiceImplementation
} from "@grpc/grpc-js"
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
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { services } from "../contract/services.ts"
import { type Fork, type UnaryHandler, unary } from "./calls.ts"
import { type ContextService, contextHandlers } from "./contextHandlers.ts"
import type { GrpcOptions } from "./GrpcOptions.ts"

/** Where a gRPC server listens. */
export class GrpcAddress extends Context.Service<
  GrpcAddress,
  { readonly host: string; readonly port: number }
>()("@holdfast/grpc/GrpcAddress") {}

const codecOf = (desc: DescMessage) => ({
  serialize: (message: Message) => Buffer.from(toBinary(desc, message)),
  deserialize: (bytes: Buffer) => fromBinary(desc, bytes)
})

const definitionOf = ({
  input,
  methodKind,
  name,
  output,
  parent
}: DescMethod): MethodDefinition<Message, Message> => {
  const [request, response] = [codecOf(input), codecOf(output)]
  return {
    path: `/${parent.typeName}/${name}`,
    requestStream: methodKind === "client_streaming" || methodKind === "bidi_streaming",
    responseStream: methodKind === "server_streaming" || methodKind === "bidi_streaming",
    requestSerialize: request.serialize,
    requestDeserialize: request.deserialize,
    responseSerialize: response.serialize,
    responseDeserialize: response.deserialize
  }
}

const addUnary = (
  server: Server,
  service: DescService,
  handlers: ReadonlyMap<string, UnaryHandler>,
  fork: Fork
) => {
  const served = service.methods.filter(({ name }) => handlers.has(name))
  server.addService(
    Object.fromEntries(served.map((method) => [method.name, definitionOf(method)])),
    Object.fromEntries(
      [...handlers].map(([name, handler]) => [name, unary(handler, fork)])
    ) as UntypedServiceImplementation
  )
}

/** The questions of a context, by their names. */
const asking = (queries: object): ContextService["ask"] => {
  const methods = queries as {
    readonly [name: string]: (input: unknown) => ReturnType<ContextService["ask"]>
  }
  return (name, input) => methods[name]?.(input) ?? Effect.die(`there is no question ${name}`)
}

const inventoryService = (
  inventory: Inventory["Service"],
  queries: InventoryQueries["Service"]
): ContextService => ({
  execute: (input, options) =>
    Effect.flatMap(Effect.fromResult(readInventoryCommand(input as unknown)), (command) =>
      inventory.execute(command, options)
    ),
  ask: asking(queries)
})

const catalogService = (
  catalog: Catalog["Service"],
  queries: CatalogQueries["Service"]
): ContextService => ({
  execute: (input, options) =>
    Effect.flatMap(Effect.fromResult(readCatalogCommand(input as unknown)), (command) =>
      catalog.execute(command, options)
    ),
  ask: asking(queries)
})

const bound = (server: Server, { host = "127.0.0.1", port = 9090 }: GrpcOptions) =>
  Effect.callback<number, Error>((resume) => {
    server.bindAsync(
      `${host.includes(":") ? `[${host}]` : host}:${port}`,
      ServerCredentials.createInsecure(),
      (error, found) => resume(error === null ? Effect.succeed(found) : Effect.fail(error))
    )
  })

/** How long calls under way may take to end when the server stops, before they are cut. */
const drainMillis = 10_000

const stopped = (server: Server) =>
  Effect.timeoutOption(
    Effect.callback<void>((resume) => server.tryShutdown(() => resume(Effect.void))),
    drainMillis
  ).pipe(Effect.andThen(Effect.sync(() => server.forceShutdown())))

/** The server, for as long as its scope. */
export const layerGrpcServer = (options: GrpcOptions = {}) =>
  Layer.effect(
    GrpcAddress,
    Effect.gen(function* () {
      const fork = Effect.runForkWith(yield* Effect.context<never>()) as Fork
      const server = new Server({
        "grpc.max_receive_message_length": options.messageBytesMax ?? 4 * 1024 * 1024
      })
      const inventory = yield* Effect.serviceOption(Inventory)
      const inventoryQueries = yield* Effect.serviceOption(InventoryQueries)
      if (Option.isSome(inventory) && Option.isSome(inventoryQueries)) {
        const context = inventoryService(inventory.value, inventoryQueries.value)
        addUnary(
          server,
          services.inventory,
          contextHandlers(services.inventory, inventoryOperations, context),
          fork
        )
      }
      const catalog = yield* Effect.serviceOption(Catalog)
      const catalogQueries = yield* Effect.serviceOption(CatalogQueries)
      if (Option.isSome(catalog) && Option.isSome(catalogQueries)) {
        const context = catalogService(catalog.value, catalogQueries.value)
        addUnary(
          server,
          services.catalog,
          contextHandlers(services.catalog, catalogOperations, context),
          fork
        )
      }
      const port = yield* Effect.acquireRelease(bound(server, options), () => stopped(server))
      return { host: options.host ?? "127.0.0.1", port }
    })
  )
