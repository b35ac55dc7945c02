/**
 * The gRPC server beside the HTTP server: on a port of its own, with the same certificates, the same way
 * to find out who asks, and the same limits. Its package is loaded when a setting asks for it.
 */
import { createServer } from "node:net"
import { createServer as createTlsServer, type TLSSocket } from "node:tls"
import type { GrpcCall, GrpcOptions, Listen } from "@holdfast/grpc"
import type { AccessLogOptions, LimitOptions } from "@holdfast/http"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { Authentication, ShownRequest } from "../../access/authentication.ts"
import type { ClientAddressOf } from "../../access/clientAddress.ts"
import { type CommandFailure, failure } from "../../cli/CommandFailure.ts"
import type { TlsSettings } from "../../cli/network/tlsSettings.ts"
import type { ServerLife } from "../ServerLife.ts"
import type { Certificates } from "./certificateFiles.ts"
import { keepCertificatesFresh } from "./freshCertificates.ts"
import type { Switchboard } from "./Switchboard.ts"

/** How long a client may take to shake hands. */
const handshakeMillisMax = 10_000

/** How the gRPC server is to be. */
export interface GrpcServing {
  readonly host: string
  /** Undefined when gRPC is not served; "same" where it is on the port of HTTP. */
  readonly port: number | "same" | undefined
  /** How browsers are answered over gRPC-Web; undefined when they are not. */
  readonly web: GrpcOptions["web"]
  /** What else arrives at the port of HTTP; undefined where nothing does. */
  readonly board: Switchboard | undefined
  readonly tls: TlsSettings | undefined
  readonly life: ServerLife
  readonly authentication: Authentication | undefined
  readonly clientAddressOf: ClientAddressOf
  readonly recordDenials: boolean
  /** Whether guests are let in. */
  readonly guests: boolean
  readonly limits: LimitOptions
  /** Which calls are logged; undefined when none are. */
  readonly accessLog: AccessLogOptions | undefined
  readonly streamsMax: number
  readonly callMillisMax: number
  readonly drainMillis: number
}

/** Where gRPC is served; undefined when it is not. */
export class GrpcPort extends Context.Service<GrpcPort, { readonly port: number | undefined }>()(
  "holdfast/serving/GrpcPort"
) {}

/** A call as what finds out who sends a request looks at it. */
const shownBy = ({ address, certificate, headers }: GrpcCall): ShownRequest => ({
  headers: Headers.fromInput(headers),
  remoteAddress: Option.fromUndefinedOr(address),
  source: {
    socket: {
      get authorized() {
        return certificate() !== undefined
      },
      getPeerX509Certificate: certificate
    }
  }
})

const contextOf = ({ ca, cert, key }: Certificates, { minVersion }: TlsSettings) => ({
  cert,
  key,
  minVersion,
  ...(ca === undefined ? {} : { ca: [...ca] })
})

type Failed = (message: string) => Error

/** Listens for TLS, with the certificates that the files have now. */
const listenByTls =
  ({ host, port, tls }: GrpcServing, settings: TlsSettings, failed: Failed) =>
  (accept: (connection: TLSSocket) => void): Effect.Effect<number, Error, Scope.Scope> =>
    Effect.gen(function* () {
      const server = createTlsServer({
        ALPNProtocols: ["h2"],
        minVersion: settings.minVersion,
        requestCert: settings.clientAuth !== "none",
        rejectUnauthorized: settings.clientAuth === "required",
        handshakeTimeout: handshakeMillisMax
      })
      yield* keepCertificatesFresh(settings.files, (certificates) =>
        server.setSecureContext(contextOf(certificates, settings))
      ).pipe(Effect.mapError(({ message }) => failed(message)))
      server.on("secureConnection", (socket) => {
        const isBad = !socket.authorized && socket.getPeerX509Certificate() !== undefined
        // A certificate that is not valid is never taken for none.
        if ((tls?.clientAuth === "optional" && isBad) || socket.alpnProtocol !== "h2") {
          socket.destroy()
        } else accept(socket)
      })
      server.on("tlsClientError", (_error, socket) => socket.destroy())
      yield* Effect.addFinalizer(() => Effect.sync(() => server.close()))
      return yield* Effect.callback<number, Error>((resume) => {
        server.once("error", (error) => resume(Effect.fail(failed(error.message))))
        server.listen(port === "same" ? 0 : port, host, () => {
          const address = server.address()
          resume(Effect.succeed(typeof address === "object" ? (address?.port ?? 0) : 0))
        })
      })
    })

/** Takes the connections of HTTP/2 at the port of HTTP. */
const listenAtBoard =
  (board: Switchboard): Listen =>
  (accept) =>
    Effect.acquireRelease(
      Effect.sync(() => {
        board.accept = accept
        return board.portOf()
      }),
      () =>
        Effect.sync(() => {
          board.accept = undefined
        })
    )

const listenBy = (serving: GrpcServing, failed: Failed): Listen | undefined => {
  const { board, port, tls } = serving
  if (port === "same" && board !== undefined) return listenAtBoard(board)
  return tls && (listenByTls(serving, tls, failed) as unknown as Listen)
}

const unserved = (
  { host, port }: Pick<GrpcServing, "host" | "port">,
  message: string
): CommandFailure =>
  message.includes("EADDRINUSE")
    ? failure(
        "PortInUse",
        `port ${port} of ${host} is in use; stop the other server, or choose another --grpc-port`
      )
    : failure("GrpcCannotListen", message)

/**
 * Fails when another program listens where gRPC is to be served. gRPC itself begins to listen last, when the
 * tables have been brought up to date, which nobody wants of a server that does not come up.
 */
export const layerFreeGrpcPort = (
  serving: Pick<GrpcServing, "host" | "port">
): Layer.Layer<never, CommandFailure> => {
  const { host, port } = serving
  if (port === undefined || port === 0 || port === "same") return Layer.empty
  return Layer.effectDiscard(
    Effect.callback<void, CommandFailure>((resume) => {
      const probe = createServer()
      probe.once("error", ({ message }) => resume(Effect.fail(unserved(serving, message))))
      probe.listen({ host, port, exclusive: true }, () => {
        probe.close(() => resume(Effect.void))
      })
    })
  )
}

const optionsOf = (serving: GrpcServing, failed: Failed): GrpcOptions => {
  const { authentication, clientAddressOf, host, limits, port } = serving
  const authenticate = authentication?.authenticate
  return {
    host,
    port: port === "same" ? 0 : port,
    web: serving.web,
    listen: listenBy(serving, failed),
    callMillisMax: serving.callMillisMax,
    drainMillis: serving.drainMillis,
    authenticate: authenticate && ((call) => authenticate(shownBy(call))),
    addressOf: (call) => clientAddressOf(shownBy(call)),
    recordDenials: serving.recordDenials,
    accessLog: serving.accessLog,
    guests: serving.guests ? { carts: limits.carts } : undefined,
    limits: {
      callsMax: limits.requestsMax,
      streamsMax: serving.streamsMax,
      address: limits.address,
      principal: limits.principal,
      limiter: limits.limiter
    },
    leaving: serving.life.leaving.signal
  }
}

/**
 * Loads the package of gRPC. Its library writes lines of its own between ours, unless it is silenced before
 * it is loaded.
 */
export const loadGrpc = Effect.promise(() => {
  process.env["GRPC_VERBOSITY"] ??= "NONE"
  return import("@holdfast/grpc")
})

/** The gRPC server over the contexts that are provided, if the settings ask for one. */
export const layerGrpcServing = (serving: GrpcServing): Layer.Layer<GrpcPort, CommandFailure> => {
  if (serving.port === undefined) return Layer.succeed(GrpcPort, { port: undefined })
  return Layer.unwrap(
    Effect.map(loadGrpc, ({ GrpcAddress, GrpcNotServed, layerGrpcServer }) =>
      Layer.effect(
        GrpcPort,
        Effect.map(GrpcAddress, ({ port, web }) => {
          if (serving.board !== undefined) serving.board.web = web
          return { port }
        })
      ).pipe(
        Layer.provide(
          layerGrpcServer(optionsOf(serving, (message) => new GrpcNotServed({ message })))
        ),
        Layer.catchTag("GrpcNotServed", ({ message }) =>
          Layer.effect(GrpcPort, Effect.fail(unserved(serving, message)))
        )
      )
    )
  )
}
