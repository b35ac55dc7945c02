/** `holdfast serve`: the catalog and the inventory over HTTP, until a signal asks it to stop. */
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { checkedToBeShown, chosenAuth, proxiesOf } from "../access/chosenAuth.ts"
import { answering } from "../cli/answering.ts"
import { auditFlags, keysOf } from "../cli/auditSettings.ts"
import { authFlags } from "../cli/authSettings.ts"
import { usageFailure } from "../cli/CommandFailure.ts"
import {
  checkedOthers,
  checkedSchemas,
  contextsOf,
  otherFlags,
  serviceFlags
} from "../cli/contextSettings.ts"
import { folderDefault, placeOf, serverDatabaseFlags } from "../cli/databaseSettings.ts"
import { graphqlFlags, graphqlOf } from "../cli/doors/graphqlSettings.ts"
import { kafkaFlags, kafkaOf, ordersFlags } from "../cli/kafkaSettings.ts"
import { checkedObserving, keptSpansOf, observingFlags } from "../cli/log/observingSettings.ts"
import { logFlags } from "../cli/logging.ts"
import { addressFlags } from "../cli/network/addressSettings.ts"
import { checkedGrpc, grpcFlags } from "../cli/network/grpcSettings.ts"
import { limitFlags } from "../cli/network/limitSettings.ts"
import { checkedMetrics, metricsFlags } from "../cli/network/metricsSettings.ts"
import { redisFlags, redisOf } from "../cli/network/redisSettings.ts"
import { peerFlags, peerOf, tlsFlags, tlsOf } from "../cli/network/tlsSettings.ts"
import { cacheFlags, checkedCache } from "../cli/reads/cacheSettings.ts"
import { retentionFlags, retentionOf } from "../cli/retentionSettings.ts"
import {
  byteSize,
  durationMillis,
  namedFlag,
  setting,
  toggle,
  wholeNumber
} from "../cli/settings.ts"
import { webhookFlags, webhooksOf } from "../cli/webhookSettings.ts"
import { serveUntilStopped } from "../serving/server.ts"
import { readOtel } from "../serving/telemetry/otelSettings.ts"

const networkFlags = {
  ...addressFlags,
  requestTimeout: setting(
    "request-timeout",
    {
      metavar: "<time>",
      description: "Time that the work on one request may take (default: 10s)",
      read: durationMillis("1s", "10m")
    },
    10_000
  ),
  receiveTimeout: setting(
    "receive-timeout",
    {
      metavar: "<time>",
      description: "Time that a client may take to send one request (default: 30s)",
      read: durationMillis("1s", "10m")
    },
    30_000
  ),
  leaveTime: setting(
    "leave-time",
    {
      metavar: "<time>",
      description: "How long the server goes on serving after SIGTERM, not ready (default: 5s)",
      read: durationMillis("0s", "10m")
    },
    5_000
  ),
  drainTimeout: setting(
    "drain-timeout",
    {
      metavar: "<time>",
      description: "Time that requests in flight get when the server stops (default: 20s)",
      read: durationMillis("0s", "10m")
    },
    20_000
  ),
  bodyLimit: setting(
    "body-limit",
    {
      metavar: "<size>",
      description: "Largest request body (default: 1MiB)",
      read: byteSize
    },
    1_048_576
  ),
  importLimit: setting(
    "import-limit",
    {
      metavar: "<size>",
      description: "Largest file that may be brought to /api/imports (default: 64MiB)",
      read: byteSize
    },
    67_108_864
  ),
  requestLinesMax: setting(
    "lines-max",
    {
      metavar: "<count>",
      description: "Most lines of an order in one request (default: 100)",
      read: wholeNumber(1, 2_000)
    },
    100
  ),
  eventStreamsMax: setting(
    "event-streams-max",
    {
      metavar: "<count>",
      description: "Event streams that may be open at once (default: 100)",
      read: wholeNumber(0, 10_000)
    },
    100
  ),
  eventHeartbeat: setting(
    "event-heartbeat",
    {
      metavar: "<time>",
      description: "After how long a silent event stream gets a comment (default: 15s)",
      read: durationMillis("1s", "10m")
    },
    15_000
  )
}

const engineFlags = {
  lanes: setting(
    "lanes",
    {
      metavar: "<count>",
      description:
        "Batches that commit side by side, fewer than connections (default: 3; fewer below 6 connections)",
      read: wholeNumber(1, 64)
    },
    undefined
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
    "Bring the tables up to date at start; --no-migrate waits until somebody did (default: true)",
    true
  ),
  demo: toggle("demo", "Make the demo stock and products when they are not there yet", false)
}

/** The settings of `serve`. */
export const serveFlags = {
  ...networkFlags,
  ...observingFlags,
  ...grpcFlags,
  ...metricsFlags,
  ...authFlags,
  ...tlsFlags,
  ...limitFlags,
  ...redisFlags,
  ...serviceFlags,
  ...otherFlags,
  ...peerFlags,
  ...serverDatabaseFlags,
  ...engineFlags,
  ...kafkaFlags,
  ...ordersFlags,
  ...webhookFlags,
  ...graphqlFlags,
  ...auditFlags,
  ...cacheFlags,
  ...retentionFlags("prune-"),
  json: toggle(
    "json",
    "Print one line of JSON, instead of a welcome, when the server is up",
    false
  ),
  ...logFlags
}

/** Serves until SIGTERM or SIGINT, then leaves, drains and ends with exit code 0. */
export const serve = (version: string) =>
  Command.make("serve", serveFlags, (input) =>
    answering(
      input,
      Effect.gen(function* () {
        yield* checkedSchemas(input)
        yield* checkedOthers(input)
        const grpcPort = input.grpcPort === "same" ? undefined : input.grpcPort
        yield* checkedMetrics({ ...input, grpcPort })
        const otel = readOtel(process.env, version)
        yield* checkedObserving(input, otel)
        const place = yield* placeOf(input)
        const auth = yield* chosenAuth(input, {
          host: input.host,
          demo: input.demo,
          isMemory: place._tag === "Memory",
          folder: place._tag === "Folder" ? place.folder : folderDefault
        })
        if (input.guests && auth.settings === undefined) {
          return yield* usageFailure(
            "--guests needs --auth with another word than none, such as keys, or --demo on this machine: " +
              "where everybody may do everything, nobody is a guest"
          )
        }
        if (input.carts !== undefined && !input.guests) {
          return yield* usageFailure(`${namedFlag("limit-carts")} needs --guests`)
        }
        if (input.guests && !contextsOf(input.service).includes("inventory")) {
          return yield* usageFailure("--guests is about the inventory, which is not here")
        }
        const destination = yield* kafkaOf(input)
        if (input.sealsKafka && destination === undefined) {
          return yield* usageFailure("--seals-kafka needs --kafka host:port")
        }
        const { ordersGroup: group, ordersTopic: topic } = input
        if (topic !== undefined && destination === undefined) {
          return yield* usageFailure("--orders-topic needs --kafka host:port")
        }
        if (topic !== undefined && !contextsOf(input.service).includes("inventory")) {
          return yield* usageFailure("--orders-topic is about the inventory, which is not here")
        }
        const orders =
          topic === undefined || destination === undefined
            ? undefined
            : { kafka: destination, topic, group }
        const retention = yield* retentionOf(input, "prune-")
        const [tls, peer] = [yield* tlsOf(input), yield* peerOf(input)]
        const grpc = yield* checkedGrpc({ ...input, isSecure: tls !== undefined })
        yield* checkedToBeShown(auth, tls?.clientAuth ?? "none")
        const keys = yield* keysOf(input)
        const redis = yield* redisOf(input)
        yield* checkedCache(input, redis !== undefined)
        const graphql = yield* graphqlOf(input, auth.settings?.development !== undefined)
        const senders = { destination, webhookSender: webhooksOf(input) }
        yield* serveUntilStopped({
          ...input,
          ...senders,
          ...grpc,
          ...{ auth, place, orders, retention, tls, peer, keys, redis, version },
          telemetry: { otel, kept: keptSpansOf(input) },
          proxies: proxiesOf(input),
          doors: graphql === undefined ? [] : [graphql]
        })
      }),
      { isService: true }
    )
  ).pipe(
    Command.withDescription("Serve products and stock over HTTP"),
    Command.withExamples([
      { command: "holdfast serve --demo", description: "Embedded PostgreSQL, stock to try" },
      {
        command:
          "HOLDFAST_DATABASE=postgres://user:password@db/shop holdfast serve --host 0.0.0.0 --auth keys",
        description: "A PostgreSQL server, for services on the network that have a key"
      },
      {
        command: "holdfast serve --service product --inventory-url http://inventory:3000",
        description: "Products alone; their stock is asked of another process"
      },
      {
        command:
          "holdfast serve --host 0.0.0.0 --tls-cert server.pem --tls-key server.key --tls-client-ca ca.pem",
        description: "Over TLS 1.3, for clients that show a certificate"
      },
      {
        command: "holdfast serve --kafka kafka-1:9092,kafka-2:9092 --kafka-create-topics",
        description: "Events go to Kafka"
      }
    ])
  )
