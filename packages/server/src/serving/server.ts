/**
 * The life of a server. It listens first, so that a taken port fails at once. It opens the database
 * and the engine, reports its address, and waits for a signal. At SIGTERM it first leaves: it goes
 * on serving until balancers have noticed. Then it stops accepting, answers the running requests,
 * commits what it took, and closes the database.
 */
import { layerAccessAudit } from "@holdfast/adapter-pg/effect"
import type { RedisServices } from "@holdfast/adapter-redis"
import { type WebhookSenderOptions, webhookSender } from "@holdfast/adapter-webhooks"
import { makeMemoryRateLimiter } from "@holdfast/core/access"
import type { RingKeys } from "@holdfast/core/secrets"
import { type HttpDoor, KeptAnswers } from "@holdfast/http"
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { layerAccessKeys } from "../access/accessTables.ts"
import { type Authentication, authenticatorOf } from "../access/authentication.ts"
import type { ChosenAuth } from "../access/chosenAuth.ts"
import { makeClientAddressOf, type TrustedProxies } from "../access/clientAddress.ts"
import { mintedTokens } from "../access/tokens/developmentTokens.ts"
import { type AnswerInput, answer } from "../cli/answering.ts"
import { type AuditInput, auditPolicyOf } from "../cli/auditSettings.ts"
import { isLoopbackHost } from "../cli/authSettings.ts"
import { type CommandFailure, fromDatabase } from "../cli/CommandFailure.ts"
import {
  type DatabasePlace,
  describePlace,
  layerSessions,
  type SessionsInput
} from "../cli/databaseSettings.ts"
import type { KafkaDestination } from "../cli/kafkaSettings.ts"
import { changingLogLevel } from "../cli/log/logLevel.ts"
import { accessLogOf, type ObservingInput } from "../cli/log/observingSettings.ts"
import { minimumLevel } from "../cli/logging.ts"
import type { GrpcInput } from "../cli/network/grpcSettings.ts"
import { type LimitInput, limitsOf } from "../cli/network/limitSettings.ts"
import type { MetricsInput } from "../cli/network/metricsSettings.ts"
import type { ChosenRedis } from "../cli/network/redisSettings.ts"
import type { TlsSettings } from "../cli/network/tlsSettings.ts"
import type { CacheInput } from "../cli/reads/cacheSettings.ts"
import { stopSignal } from "../cli/signals.ts"
import { DashboardLists } from "../dashboard/DashboardLists.ts"
import { layerDashboard, layerShownLists } from "../dashboard/layerDashboard.ts"
import { layerExchange } from "../exchange/ExchangeContexts.ts"
import { layerImportDesk } from "../exchange/layerImportDesk.ts"
import { layerKeyRing, layerSealing } from "./auditing.ts"
import { layerCachingOf, sharedRedisOf } from "./caching.ts"
import { layerOrderFlow, layerOrders, type OrdersSource } from "./consumingOrders.ts"
import { type ContextsInput, contextLayers } from "./contextLayers.ts"
import { healthChecksOf } from "./health/healthChecks.ts"
import { type HttpServerOptions, layerHttpServer } from "./httpServer.ts"
import { compressors } from "./network/compressing.ts"
import { GrpcPort, layerFreeGrpcPort, layerGrpcServing } from "./network/grpcServing.ts"
import { makeSwitchboard } from "./network/Switchboard.ts"
import { shownTo } from "./network/shownByClients.ts"
import { layerRelays } from "./relaying.ts"
import { type Demo, noDemo, ServedContexts } from "./ServedContexts.ts"
import { makeServerLife, type ServerLife } from "./ServerLife.ts"
import { layerWebhooks } from "./sendingWebhooks.ts"
import { serverStandings, standingNotes } from "./standings.ts"
import { layerTelemetry, type TelemetryInput } from "./telemetry/layerTelemetry.ts"
import { isMeasured, layerMeasuring } from "./telemetry/measuring.ts"
import { layerMetricsServer, MetricsPort } from "./telemetry/metricsServer.ts"
import { authorityOf, curlLines, urlOf, type Welcome, welcomeLines } from "./welcome.ts"

/** All settings of a server. */
export interface ServerInput
  extends AnswerInput,
    GrpcInput,
    AuditInput,
    CacheInput,
    Omit<ContextsInput, "auditPolicy" | "caching">,
    LimitInput,
    MetricsInput,
    ObservingInput,
    SessionsInput {
  /** What a collector hears. */
  readonly telemetry: TelemetryInput
  /** How senders are found out. */
  readonly auth: ChosenAuth
  /** The keys that encrypt what is sensitive; undefined when there are none. */
  readonly keys: RingKeys | undefined
  /** The proxies whose word about the address of a client counts; undefined when there are none. */
  readonly proxies: TrustedProxies | undefined
  readonly version: string
  readonly place: DatabasePlace
  readonly demo: boolean
  readonly host: string
  readonly port: number
  readonly requestTimeout: number
  readonly leaveTime: number
  readonly drainTimeout: number
  readonly bodyLimit: number
  readonly importLimit: number
  readonly requestLinesMax: number
  readonly eventStreamsMax: number
  readonly eventHeartbeat: number
  readonly receiveTimeout: number
  /** How the server speaks TLS; undefined in the clear. */
  readonly tls: TlsSettings | undefined
  /** The Redis that servers share; undefined when there is none. */
  readonly redis: ChosenRedis | undefined
  /** Where events go; undefined when they stay. */
  readonly destination: KafkaDestination | undefined
  /** Where events about orders come from; undefined when none are handled. */
  readonly orders: OrdersSource | undefined
  /** Other doors beside the REST API. */
  readonly doors: ReadonlyArray<HttpDoor>
  /** How events are sent to webhooks; undefined when they are not. */
  readonly webhookSender: WebhookSenderOptions | undefined
}

/** What closing the database and the engine may take beyond the drain time. */
const closingMillisMax = 15_000

/** Makes the demo now, or else as soon as the database can be used. */
const madeDemo: Effect.Effect<Demo, never, ServedContexts | Scope.Scope> = Effect.gen(function* () {
  const contexts = yield* ServedContexts
  const load = Effect.map(
    Effect.forEach(contexts, ({ loadDemo }) => loadDemo),
    (parts): Demo => Object.assign({}, noDemo, ...parts)
  )
  return yield* Effect.catch(load, () =>
    load.pipe(
      Effect.retry(Schedule.spaced("1 second")),
      Effect.andThen(Effect.logInfo("the demo stock is there")),
      Effect.ignore,
      Effect.forkScoped,
      Effect.as(noDemo)
    )
  )
})

/** How long ending may take before anything was served. */
const abandonMillisMax = 2_000

/** Says that the server is up: a welcome for people, a line of JSON for machines, a line of log. */
const announce = Effect.fnUntraced(function* (input: ServerInput) {
  const { address } = yield* HttpServer.HttpServer
  const contexts = yield* ServedContexts
  const isReady = yield* Effect.isSuccess(
    Effect.forEach(contexts, ({ ping }) => ping, { discard: true })
  )
  const port = "port" in address ? address.port : input.port
  const demo = input.demo ? yield* madeDemo : noDemo
  const { service, version } = input
  const place = describePlace(input.place)
  const kafka = input.destination?.publisher.brokers
  const url = urlOf(input.host, port, input.tls === undefined ? "http" : "https")
  const other = input.inventoryUrl ?? input.catalogUrl
  const { isOpenByDefault, settings, words } = input.auth
  const auth = isOpenByDefault ? `${words} (only this machine does)` : words
  const tokens =
    settings?.development === undefined ? undefined : yield* mintedTokens(settings.development)
  const { port: grpcPort } = yield* GrpcPort
  const grpc = grpcPort === undefined ? undefined : authorityOf(input.host, grpcPort)
  const metrics = yield* MetricsPort
  const metricsUrl =
    metrics.port === undefined ? undefined : `${urlOf(input.metricsHost, metrics.port)}/metrics`
  const welcome: Welcome = {
    ...{ version, url, place, isReady, kafka, service, other, demo },
    ...{ auth, tokens, grpc, metrics: metricsUrl, shown: yield* shownTo(input, port) },
    doors: input.doors.map(({ path }) => path)
  }
  const { pid } = process
  yield* answer(
    input,
    {
      url,
      host: input.host,
      port,
      pid,
      version,
      service,
      database: place,
      isReady,
      auth,
      ...(grpc === undefined ? {} : { grpc }),
      ...(metricsUrl === undefined ? {} : { metrics: metricsUrl }),
      ...(kafka === undefined ? {} : { kafka }),
      ...(input.redis === undefined ? {} : { redis: input.redis.where }),
      ...(other === undefined ? {} : { other }),
      try: curlLines(welcome)
    },
    welcomeLines(welcome)
  )
  yield* Effect.annotateLogs(Effect.logInfo("listening"), {
    ...{ url, database: place, version, pid, auth }
  })
})

/** Ends the process when stopping takes longer than it may: the sender of the signal waits. */
const giveUpAfter = (millis: number) => {
  setTimeout(() => {
    process.stderr.write(
      "holdfast: stopping took too long; what was not answered may be repeated\n"
    )
    process.exit(1)
  }, millis).unref()
}

/** Ends a server that has served nobody yet. The database undoes what the server has begun. */
const abandon = () => {
  setTimeout(() => process.exit(0), abandonMillisMax).unref()
}

/**
 * Waits for the signal to stop. At SIGTERM the server goes on serving for the leave time and is not
 * ready; another signal ends the leave time. SIGINT has none: a person at a terminal does not wait.
 */
const untilAskedToStop = (input: ServerInput, life: ServerLife) =>
  Effect.gen(function* () {
    const signal = yield* stopSignal
    const { drainTimeout, leaveTime } = input
    if (signal === "SIGTERM" && life.isUp && leaveTime > 0) {
      life.isLeaving = true
      life.leaving.abort()
      yield* Effect.annotateLogs(Effect.logInfo("leaving"), { signal, leaveMillis: leaveTime })
      yield* Effect.raceFirst(Effect.sleep(leaveTime), stopSignal)
    }
    life.leaving.abort()
    if (life.isUp) giveUpAfter(drainTimeout + closingMillisMax)
    else abandon()
    yield* Effect.annotateLogs(Effect.logInfo("stopping"), { signal })
  })

const layerServing = (
  input: ServerInput,
  life: ServerLife,
  authentication: Authentication | undefined,
  redis: RedisServices | undefined,
  lists: DashboardLists,
  { board, kept }: Pick<HttpServerOptions, "board" | "kept">
) => {
  const { bodyLimit, destination, orders, requestLinesMax, requestTimeout } = input
  const publisher = destination?.publisher
  const sender = input.webhookSender && webhookSender(input.webhookSender)
  const caching = layerCachingOf(input, redis)
  const standings = serverStandings(caching, redis)
  const audited = { ...input, caching, auditPolicy: auditPolicyOf(input) }
  // One limiter: who asks at two doors draws from one bucket.
  const limits = limitsOf(input, redis?.limiter ?? makeMemoryRateLimiter())
  const { beside, follower, inventory, routes, served } = contextLayers(audited, life, {
    bodySizeMax: ByteSize.bytes(bodyLimit),
    requestLinesMax,
    requestTimeout,
    kafkaTopics: { topicPrefix: publisher?.topicPrefix, topics: publisher?.topics },
    eventStreamsMax: input.eventStreamsMax,
    eventHeartbeat: input.eventHeartbeat,
    webhooks: sender && { sender },
    limits,
    compressors,
    keptAnswers: kept,
    accessLog: accessLogOf(input),
    corsOrigins: input.corsOrigins,
    doors: input.doors,
    metrics: isMeasured(input),
    leaving: life.leaving.signal,
    authenticate: authentication?.authenticate,
    guests: input.guests,
    clientAddressOf: makeClientAddressOf(input.proxies),
    recordDenials: audited.auditPolicy !== "NONE",
    recordManagement: audited.auditPolicy !== "NONE",
    healthChecks: healthChecksOf(input.place, life),
    alsoReady: Effect.zipWith(
      authentication?.notes ?? Effect.succeed([]),
      standings.read,
      (notes, found) => [...notes, ...standingNotes(found)]
    )
  })
  const background = Layer.mergeAll(
    input.metricsPort === undefined ? Layer.empty : layerShownLists(lists),
    standings.layer,
    layerSealing(input, destination),
    layerMeasuring(input, isMeasured(input)),
    follower,
    destination === undefined ? Layer.empty : layerRelays(destination, life),
    sender === undefined ? Layer.empty : layerWebhooks(sender),
    orders === undefined || inventory === undefined
      ? Layer.empty
      : layerOrders(orders).pipe(
          Layer.provide(layerOrderFlow(input.schema)),
          Layer.provide(inventory)
        )
  )
  // The keys of services are looked after where they are taken.
  const access =
    input.auth.settings?.keys === true
      ? layerAccessAudit({ schema: input.accessSchema })
      : Layer.empty
  const announced = Effect.tap(announce(input), () =>
    Effect.sync(() => {
      life.isUp = true
    })
  )
  const grpc = layerGrpcServing({
    ...{ host: input.host, port: input.grpcPort, tls: input.tls, life, limits, authentication },
    guests: input.guests,
    accessLog: accessLogOf(input),
    ...{ board, web: input.grpcWeb ? { corsOrigins: input.corsOrigins ?? [] } : undefined },
    clientAddressOf: makeClientAddressOf(input.proxies),
    recordDenials: audited.auditPolicy !== "NONE",
    streamsMax: input.eventStreamsMax,
    callMillisMax: requestTimeout,
    drainMillis: input.drainTimeout
  })
  return Layer.effectDiscard(announced).pipe(
    Layer.provide(beside(grpc)),
    Layer.provide(Layer.provide(routes, layerDesk(input))),
    Layer.provide(background),
    Layer.provide(served),
    Layer.provide(access),
    Layer.provide(layerKeyRing(input.keys, ownSchemaOf(input)))
  )
}

/** Warns of what is wrong with how senders are found out, and makes it. */
const authenticationOf = Effect.fnUntraced(function* ({ auth, host, proxies }: ServerInput) {
  if (auth.problem !== undefined) {
    yield* Effect.annotateLogs(Effect.logWarning("there are no development tokens"), {
      problem: auth.problem
    })
  }
  if (auth.settings !== undefined) {
    return yield* authenticatorOf(auth.settings, makeClientAddressOf(proxies))
  }
  if (!isLoopbackHost(host)) {
    yield* Effect.annotateLogs(
      Effect.logWarning("everybody who reaches this server may do everything (--auth none)"),
      { host }
    )
  }
  return undefined
})

const layerServer = (input: ServerInput, life: ServerLife) => {
  const { auth, drainTimeout, host, port, requestTimeout, version } = input
  const lists = new DashboardLists()
  const board = input.grpcWeb || input.grpcPort === "same" ? makeSwitchboard() : undefined
  const shared = { board, kept: new KeptAnswers() }
  return Layer.unwrap(
    Effect.zipWith(authenticationOf(input), sharedRedisOf(input.redis), (found, redis) =>
      layerServing(input, life, found, redis, lists, shared)
    )
  ).pipe(
    Layer.provide(
      layerAccessKeys({
        schema: input.accessSchema,
        mayMigrate: input.migrate,
        isUsed: auth.settings?.keys === true
      })
    ),
    Layer.provide(layerSessions(input.place, input)),
    Layer.provide(layerFreeGrpcPort({ host, port: input.grpcPort })),
    Layer.provide(
      layerHttpServer({
        ...{ host, port, life, ...shared, tls: input.tls },
        allowedOrigins: auth.isOpenByDefault ? (input.corsOrigins ?? []) : undefined,
        drainMillis: drainTimeout,
        receiveMillis: input.receiveTimeout,
        silentMillis: Math.max(input.eventHeartbeat, requestTimeout)
      })
    ),
    Layer.provide(layerMetricsServer(input, [layerDashboard({ version, lists })])),
    Layer.provide(Layer.effectDiscard(changingLogLevel(minimumLevel(input)))),
    // Outermost: a collector hears of all of them, to the last.
    Layer.provide(layerTelemetry(input.telemetry))
  )
}

/** The schema in which this process counts how often its keys encrypt. */
const ownSchemaOf = ({ catalogSchema, schema, service }: ServerInput): string =>
  service === "product" ? catalogSchema : schema

/** Takes files, where both contexts are here; elsewhere they are imported by the command. */
const layerDesk = (input: ServerInput) => {
  const { catalogSchema, importLimit, schema, service } = input
  const auditPolicy = auditPolicyOf(input)
  return service === "all"
    ? Layer.provide(
        layerImportDesk({ bytesMax: importLimit }),
        layerExchange({ schema, catalogSchema, mayMigrate: false, lanes: 1, auditPolicy })
      )
    : Layer.empty
}

/** Serves until a signal; fails when the server could not start. */
export const serveUntilStopped = (input: ServerInput): Effect.Effect<void, CommandFailure> =>
  Effect.gen(function* () {
    const life = makeServerLife()
    yield* Effect.raceFirst(Layer.launch(layerServer(input, life)), untilAskedToStop(input, life))
    yield* Effect.logInfo("stopped")
  }).pipe(
    Effect.mapError((error) =>
      error._tag === "CommandFailure" ? error : fromDatabase(error, describePlace(input.place))
    )
  )
