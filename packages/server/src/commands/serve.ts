/** `holdfast serve`: the inventory over HTTP, until a signal asks it to stop. */
import * as ByteSize from "effect/ByteSize"
import type * as CliError from "effect/cli/CliError"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as References from "effect/References"
import { type CommandFailure, fromDatabase } from "../CommandFailure.ts"
import { describePlace, layerSessions, placeOf, serverDatabaseFlags } from "../databaseSettings.ts"
import { layerLog, logFlags, minimumLevel } from "../logging.ts"
import { layerEngine } from "../serving/engine.ts"
import { layerHttpServer } from "../serving/httpServer.ts"
import { routes } from "../serving/routes.ts"
import { anyText, byteSize, durationMillis, setting, toggle, wholeNumber } from "../settings.ts"
import { stopSignal } from "../signals.ts"

const flags = {
  port: setting(
    "port",
    {
      metavar: "<port>",
      description: "Port to listen on, 0 for any free one (default: 3000)",
      read: wholeNumber(0, 65_535)
    },
    3_000
  ),
  host: setting(
    "host",
    {
      metavar: "<address>",
      description: "Address to listen on (default: 127.0.0.1, this machine only)",
      read: anyText
    },
    "127.0.0.1"
  ),
  ...serverDatabaseFlags,
  lanes: setting(
    "lanes",
    {
      metavar: "<count>",
      description: "Batches that commit side by side (default: 4)",
      read: wholeNumber(1, 64)
    },
    undefined
  ),
  requestTimeout: setting(
    "request-timeout",
    {
      metavar: "<time>",
      description: "Time that one request may take (default: 30s)",
      read: durationMillis("1s", "10m")
    },
    30_000
  ),
  drainTimeout: setting(
    "drain-timeout",
    {
      metavar: "<time>",
      description: "Time that requests in flight get when stopping (default: 20s)",
      read: durationMillis("0s", "10m")
    },
    20_000
  ),
  bodyLimit: setting(
    "body-limit",
    { metavar: "<size>", description: "Largest request body (default: 1MiB)", read: byteSize },
    1_048_576
  ),
  linesMax: setting(
    "lines-max",
    {
      metavar: "<count>",
      description: "Most lines of one request (default: 100)",
      read: wholeNumber(1, 2_000)
    },
    100
  ),
  sweepInterval: setting(
    "sweep-interval",
    {
      metavar: "<time>",
      description: "Pause between two sweeps of lapsed holds (default: 1s)",
      read: durationMillis("100ms", "24h")
    },
    1_000
  ),
  migrate: toggle(
    "migrate",
    "Bring the tables up to date at start (default; --no-migrate: leave them)",
    true
  ),
  demo: toggle("demo", "Register the demo stock when it is not there yet", false),
  json: toggle("json", "Print one line of JSON when ready", false),
  ...logFlags
}

export const serve = Command.make("serve", flags, (input) =>
  Effect.gen(function* () {
    const place = yield* placeOf(input)
    const app = Layer.effectDiscard(
      Effect.gen(function* () {
        const { address } = yield* HttpServer.HttpServer
        console.log(address, describePlace(place))
      })
    )
    const sessions = layerSessions(place, input.maxConnections)
    const engine = Layer.provideMerge(
      layerEngine({
        schema: input.schema,
        lanes: input.lanes,
        mayMigrate: input.migrate,
        sweepIntervalMillis: input.sweepInterval
      }),
      sessions
    )
    const server = Layer.provideMerge(
      app,
      HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true })
    )
    const main = server.pipe(
      Layer.provide(
        Layer.succeed(HttpIncomingMessage.MaxBodySize, ByteSize.bytes(input.bodyLimit))
      ),
      Layer.provide(engine),
      Layer.provide(
        layerHttpServer({
          host: input.host,
          port: input.port,
          requestTimeoutMillis: input.requestTimeout,
          drainMillis: input.drainTimeout
        })
      )
    )
    const signal = yield* Effect.raceFirst(Layer.launch(main), stopSignal).pipe(
      Effect.mapError((error) =>
        error._tag === "CommandFailure" ? error : fromDatabase(error, describePlace(place))
      )
    )
    console.log(signal)
  }).pipe(
    Effect.provide(layerLog(input)),
    Effect.provideService(References.MinimumLogLevel, minimumLevel(input))
  )
)
