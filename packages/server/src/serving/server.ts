/**
 * The life of a server. It listens first, so that a taken port is told at once; opens the database
 * and the engine; says where it is; and waits for a signal. Then it goes the other way: it stops
 * accepting, answers what is in flight, commits what was taken, closes the database.
 */
import { type Inventory, StockReads } from "@holdfast/core/effect"
import { layerServer as layerHttpRoutes } from "@holdfast/http"
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { type AnswerInput, answer } from "../answering.ts"
import { type CommandFailure, fromDatabase } from "../CommandFailure.ts"
import { type DatabasePlace, describePlace, layerSessions } from "../databaseSettings.ts"
import { type DemoSku, loadDemoStock } from "../demoStock.ts"
import { stopSignal } from "../signals.ts"
import { layerEngine } from "./engine.ts"
import { layerHttpServer } from "./httpServer.ts"
import { curlLines, urlOf, type Welcome, welcomeLines } from "./welcome.ts"

/** Everything that was said about a server. */
export interface ServerInput extends AnswerInput {
  readonly version: string
  readonly place: DatabasePlace
  readonly schema: string
  readonly maxConnections: number
  readonly lanes: number | undefined
  readonly migrate: boolean
  readonly demo: boolean
  readonly sweepInterval: number
  readonly host: string
  readonly port: number
  readonly requestTimeout: number
  readonly drainTimeout: number
  readonly bodyLimit: number
  readonly linesMax: number
}

/** What closing the database and the engine may take beyond the drain time. */
const closingMillisMax = 15_000

const noDemo: ReadonlyArray<DemoSku> = []

/** Registers the demo stock now, or else as soon as the database can be used. */
const demoStock: Effect.Effect<
  ReadonlyArray<DemoSku>,
  never,
  Inventory | StockReads | Scope.Scope
> = Effect.catch(loadDemoStock, () =>
  loadDemoStock.pipe(
    Effect.retry(Schedule.spaced("1 second")),
    Effect.andThen(Effect.logInfo("the demo stock is there")),
    Effect.ignore,
    Effect.forkScoped,
    Effect.as(noDemo)
  )
)

/** Says that the server is up: a welcome for people, a line of JSON for machines, a line of log. */
const announce = Effect.fnUntraced(function* (input: ServerInput) {
  const { address } = yield* HttpServer.HttpServer
  const reads = yield* StockReads
  const isReady = yield* Effect.isSuccess(reads.ping)
  const port = "port" in address ? address.port : input.port
  const demo = input.demo ? yield* demoStock : noDemo
  const { version } = input
  const place = describePlace(input.place)
  const welcome: Welcome = { version, url: urlOf(input.host, port), place, isReady, demo }
  const { url } = welcome
  const { pid } = process
  yield* answer(
    input,
    {
      url,
      host: input.host,
      port,
      pid,
      version,
      database: place,
      isReady,
      try: curlLines(welcome)
    },
    welcomeLines(welcome)
  )
  yield* Effect.annotateLogs(Effect.logInfo("listening"), { url, database: place, version, pid })
})

/** Ends the process when stopping takes longer than it may: whoever sent the signal waits. */
const giveUpAfter = (millis: number) => {
  setTimeout(() => {
    process.stderr.write(
      "holdfast: stopping took too long; what was not answered may be repeated\n"
    )
    process.exit(1)
  }, millis).unref()
}

const layerServer = (input: ServerInput) => {
  const { bodyLimit, drainTimeout, host, linesMax, migrate, port, requestTimeout } = input
  const sessions = layerSessions(input.place, input.maxConnections)
  const engine = layerEngine({
    schema: input.schema,
    lanes: input.lanes,
    mayMigrate: migrate,
    sweepIntervalMillis: input.sweepInterval
  })
  const app = layerHttpRoutes({
    bodySizeMax: ByteSize.bytes(bodyLimit),
    linesMax,
    requestTimeout
  })
  return Layer.effectDiscard(announce(input)).pipe(
    Layer.provide(app),
    Layer.provide(Layer.provide(engine, sessions)),
    Layer.provide(
      layerHttpServer({
        host,
        port,
        drainMillis: drainTimeout
      })
    )
  )
}

/** Serves until a signal; fails when the server could not start. */
export const serveUntilStopped = (input: ServerInput): Effect.Effect<void, CommandFailure> =>
  Effect.gen(function* () {
    const stopping = Effect.tap(stopSignal, (signal) => {
      giveUpAfter(input.drainTimeout + closingMillisMax)
      return Effect.annotateLogs(Effect.logInfo("stopping"), { signal })
    })
    yield* Effect.raceFirst(Layer.launch(layerServer(input)), stopping)
    yield* Effect.logInfo("stopped")
  }).pipe(
    Effect.mapError((error) =>
      error._tag === "CommandFailure" ? error : fromDatabase(error, describePlace(input.place))
    )
  )
