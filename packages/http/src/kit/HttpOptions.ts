/** How the HTTP door is tuned; the defaults suit a server that faces the network through a gateway. */
import { HoldfastError } from "@holdfast/core"
import { makeMemoryRateLimiter, type RateLimiter } from "@holdfast/core/access"
import type { Caller, LogEntry, StoreError } from "@holdfast/core/engine"
import type { WebhookSender } from "@holdfast/core/events"
import type { AccessLogOptions } from "@holdfast/core/tracing"
import * as ByteSize from "effect/ByteSize"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Authenticator } from "../access/Authenticator.ts"
import { SeenCarts } from "../access/SeenCarts.ts"
import type { KafkaTopics } from "../asyncapi/asyncApiDocument.ts"
import type { SentRequest } from "../audit/senderOf.ts"
import { type Compressors, compressorsDefault } from "../caching/compressors.ts"
import type { KeptAnswers } from "../caching/kept/KeptAnswers.ts"
import type { HttpDoor } from "../doors/HttpDoor.ts"
import type { HealthCheck } from "../health/HealthCheck.ts"
import { type LimitOptions, readLimits } from "../limits/LimitOptions.ts"

/** How the HTTP door is tuned. */
export interface HttpOptions {
  /**
   * The path that the API lives under, such as `/shop`: the routes are then at `/shop/api`,
   * `/shop/health` and so on, and the documents say so. At the root unless given.
   */
  readonly basePath?: string | undefined
  /** The largest body: 1 MiB. */
  readonly bodySizeMax?: ByteSize.ByteSize | undefined
  /** Lines that one request may carry: 100, at most the engine's 2,000. */
  readonly requestLinesMax?: number | undefined
  /**
   * How long the work on a request may take, once its body is here: 10 seconds. The host limits how
   * long a body may take to arrive, for example by `requestTimeout` of Node's `createServer`.
   */
  readonly requestTimeout?: Duration.Input | undefined
  /**
   * Reads from the headers who sends a request. Your proxy or middleware must vouch for these
   * headers. Each caller has its own idempotency keys. Without this option, all requests share one
   * caller.
   */
  readonly callerOf?: ((headers: RequestHeaders) => Caller) | undefined
  /**
   * Finds out who sends a request, and has them asked for permission. Without it, every request is
   * trusted as the host itself. With it, `callerOf` is not asked: idempotency keys are the
   * principal's own.
   */
  readonly authenticate?: Authenticator | undefined
  /**
   * Whether guests are let in, where `authenticate` is given: false. A guest shows nothing but the token
   * of a cart, which `POST /api/carts` makes for everybody, and reserves for orders of their own.
   */
  readonly guests?: boolean | undefined
  /**
   * Finds the address of the client of a request, for limits and the audit log, where proxies stand
   * before the API: undefined when it is not known. Unless given, it is that of the connection.
   */
  readonly clientAddressOf?: ((request: SentRequest) => string | undefined) | undefined
  /**
   * Whether requests that are denied get a record in the audit log, where `authenticate` is given:
   * they do, at most 60 a minute of each principal.
   */
  readonly recordDenials?: boolean | undefined
  /**
   * Whether changes of webhooks get a record in the audit log: they do. Such changes are few, so it does not
   * matter which others get one.
   */
  readonly recordManagement?: boolean | undefined
  /**
   * What beside the stores must be well before the server is ready: it fails when it is not, and
   * answers with what a person who looks at `/health/ready` should know.
   */
  readonly alsoReady?: Effect.Effect<ReadonlyArray<string>, StoreError> | undefined
  /**
   * What is looked at beside the stores for `/health/ready`: one that fails makes the server not ready, and a
   * warning is for people. It is asked with each request for it, so it must be quick.
   */
  readonly healthChecks?: Effect.Effect<ReadonlyArray<HealthCheck>> | undefined
  /**
   * How events are spread over the topics of Kafka, for `/asyncapi.json`: the settings of your
   * publisher, where it has any. One topic for each context, such as `holdfast.inventory`, unless
   * given.
   */
  readonly kafkaTopics?: KafkaTopics | undefined
  /** How many event streams may be open at once: 100. One more is answered with 503. */
  readonly eventStreamsMax?: number | undefined
  /** After how long a silent event stream gets a comment, so that nobody cuts it: 15 seconds. */
  readonly eventHeartbeat?: Duration.Input | undefined
  /**
   * How often `authenticate` is asked again who follows an open event stream, which ends once they may
   * not: 10 seconds.
   */
  readonly eventRecheck?: Duration.Input | undefined
  /** How webhooks are managed. Without it they cannot be, and `/api/webhooks` answers with 403. */
  readonly webhooks?: WebhookOptions | undefined
  /** How many requests are taken, and from whom. Nothing is limited unless given. */
  readonly limits?: LimitOptions | undefined
  /**
   * Sites whose pages may call the API from a browser, such as `https://shop.example`; `*` means any
   * site. None unless given. In the router of a host, this is for the host to say.
   */
  readonly corsOrigins?: ReadonlyArray<string> | undefined
  /**
   * Where answers that were made of copies are kept as bytes, to be given again before the routes are asked:
   * `new KeptAnswers()`, which a listener asks first. `toNodeHandler` has one of its own. Nothing is kept
   * unless given.
   */
  readonly keptAnswers?: KeptAnswers | undefined
  /** Other doors beside the REST API, such as `graphqlDoor()` of `@holdfast/graphql`. None unless given. */
  readonly doors?: ReadonlyArray<HttpDoor> | undefined
  /**
   * How answers of 1,024 bytes and more are compressed for those who ask for it, by the names of
   * `Accept-Encoding`, the best first: gzip unless given. An empty map compresses nothing, for a host that
   * does it itself.
   */
  readonly compressors?: Compressors | undefined
  /** Whether requests are counted and timed in Effect's registry of metrics: they are. */
  readonly metrics?: boolean | undefined
  /**
   * Which requests get a line of log: none unless given. In the router of a host, this is for the host to
   * do.
   */
  readonly accessLog?: AccessLogOptions | undefined
  /**
   * Aborts when the host is about to stop. Event streams then end, so that their clients go on
   * elsewhere; anything else is served as before.
   */
  readonly leaving?: AbortSignal | undefined
}

/** How webhooks are managed. */
export interface WebhookOptions {
  /** What tests and redeliveries are sent with: `webhookSender()` of `@holdfast/adapter-webhooks`. */
  readonly sender: WebhookSender
  /**
   * Who may manage webhooks. LOOPBACK, unless given: requests from this machine itself, that no
   * proxy and no page of another site has sent. ANYWHERE: every request that reaches the API, so
   * your host must check who sends them. With `authenticate` it is of no account: who has the role
   * ADMIN or the scope webhooks:write manages them from anywhere.
   */
  readonly managedFrom?: "ANYWHERE" | "LOOPBACK" | undefined
}

/** How an API that is mounted by `webHandler` or `toNodeHandler` is tuned. */
export interface MountOptions extends HttpOptions {
  /**
   * Where the API logs what it answers with a 500, and why an engine cannot be opened. Unless given,
   * it is the log of the inventory, and the console for a layer.
   */
  readonly log?: ((entry: LogEntry) => void) | undefined
}

/** The headers of a request, by their names in lower case. */
export type RequestHeaders = Readonly<Record<string, string | undefined>>

/** The options, filled in. */
export class HttpSettings extends Context.Service<
  HttpSettings,
  {
    /** Empty at the root. */
    readonly basePath: string
    readonly bodySizeMax: ByteSize.ByteSize
    readonly requestLinesMax: number
    readonly requestTimeoutMillis: number
    readonly callerOf: HttpOptions["callerOf"]
    readonly authenticate: Authenticator | undefined
    readonly clientAddressOf: HttpOptions["clientAddressOf"]
    readonly guests: boolean
    readonly seenCarts: SeenCarts
    readonly keptAnswers: KeptAnswers | undefined
    /** How many requests are under way. */
    readonly underWay: { requests: number }
    readonly recordDenials: boolean
    readonly recordManagement: boolean
    readonly alsoReady: Effect.Effect<ReadonlyArray<string>, StoreError>
    readonly healthChecks: Effect.Effect<ReadonlyArray<HealthCheck>>
    readonly kafkaTopics: KafkaTopics
    readonly eventStreamsMax: number
    readonly eventHeartbeatMillis: number
    readonly eventRecheckMillis: number
    readonly webhooks: WebhookOptions | undefined
    readonly limits: LimitOptions
    readonly limiter: RateLimiter
    readonly corsOrigins: ReadonlyArray<string>
    readonly compressors: Compressors
    readonly doors: ReadonlyArray<HttpDoor>
    readonly areCounted: boolean
    readonly accessLog: AccessLogOptions | undefined
    readonly leaving: AbortSignal | undefined
  }
>()("@holdfast/http/server/HttpSettings") {}

const refuse = (path: string, message: string): never => {
  throw new HoldfastError("InvalidInput", { issues: [{ path: `options.${path}`, message }] })
}

const readBasePath = (basePath = ""): string =>
  /^(\/[\w.~-]+)*$/.test(basePath)
    ? basePath
    : refuse("basePath", 'must be a path such as "/shop", with no slash at its end')

const readWebhooks = (webhooks: WebhookOptions | undefined): WebhookOptions | undefined => {
  if (webhooks === undefined) return undefined
  // Who writes JavaScript may give what `sendWebhooks` answers with as the sender.
  if (typeof webhooks?.sender?.send !== "function") {
    return refuse(
      "webhooks.sender",
      "must be what webhookSender() gives, or the sender of sendWebhooks()"
    )
  }
  return [undefined, "ANYWHERE", "LOOPBACK"].includes(webhooks.managedFrom)
    ? webhooks
    : refuse("webhooks.managedFrom", 'must be "ANYWHERE" or "LOOPBACK"')
}

/** An origin is a scheme, a host and a port where it is not the usual one, and nothing else. */
const readOrigins = (origins: ReadonlyArray<string> = []): ReadonlyArray<string> =>
  origins.every((origin) => origin === "*" || URL.parse(origin)?.origin === origin)
    ? origins
    : refuse("corsOrigins", 'must hold origins such as "https://shop.example", or "*"')

/** A door is at a fixed path that the REST API does not have. */
const readDoors = (doors: ReadonlyArray<HttpDoor> = []): ReadonlyArray<HttpDoor> =>
  doors.every(
    ({ path }) => /^(\/[\w.~-]+)+$/.test(path) && !/^\/(api|health|docs)(\/|$)/.test(path)
  )
    ? doors
    : refuse("doors", 'must be at paths of their own, such as "/graphql"')

/**
 * The options, filled in with the defaults. Throws `InvalidInput` for an invalid base path, origin or
 * limit, and for webhooks without a sender or with an unknown `managedFrom`.
 */
export const settingsOf = (options: HttpOptions): HttpSettings["Service"] => ({
  basePath: readBasePath(options.basePath),
  bodySizeMax: options.bodySizeMax ?? ByteSize.mebibytes(1),
  requestLinesMax: Math.min(options.requestLinesMax ?? 100, 2_000),
  requestTimeoutMillis: Duration.toMillis(options.requestTimeout ?? "10 seconds"),
  callerOf: options.callerOf,
  authenticate: options.authenticate,
  clientAddressOf: options.clientAddressOf,
  guests: options.guests ?? false,
  seenCarts: new SeenCarts(),
  keptAnswers: options.keptAnswers,
  underWay: { requests: 0 },
  recordDenials: options.recordDenials ?? true,
  recordManagement: options.recordManagement ?? true,
  alsoReady: options.alsoReady ?? Effect.succeed([]),
  healthChecks: options.healthChecks ?? Effect.succeed([]),
  kafkaTopics: options.kafkaTopics ?? {},
  eventStreamsMax: options.eventStreamsMax ?? 100,
  eventHeartbeatMillis: Duration.toMillis(options.eventHeartbeat ?? "15 seconds"),
  eventRecheckMillis: Duration.toMillis(options.eventRecheck ?? "10 seconds"),
  webhooks: readWebhooks(options.webhooks),
  limits: readLimits(options.limits),
  limiter: options.limits?.limiter ?? makeMemoryRateLimiter(),
  corsOrigins: readOrigins(options.corsOrigins),
  compressors: options.compressors ?? compressorsDefault,
  doors: readDoors(options.doors),
  areCounted: options.metrics ?? true,
  accessLog: options.accessLog,
  leaving: options.leaving
})
