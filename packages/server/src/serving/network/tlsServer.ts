/**
 * A server that speaks TLS, and over it HTTP/1.1 or HTTP/2 as the client asks (ALPN). A client without
 * the certificate that is asked for gets no further than the handshake. Who came and who was refused
 * is logged; a flood of refusals is one line now and then.
 */
import { createSecureServer, type Http2SecureServer } from "node:http2"
import type { TLSSocket } from "node:tls"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { CommandFailure } from "../../cli/CommandFailure.ts"
import type { TlsSettings } from "../../cli/network/tlsSettings.ts"
import type { ServerLife } from "../ServerLife.ts"
import type { Answers } from "./answers.ts"
import type { Certificates } from "./certificateFiles.ts"
import { type ConnectionLimits, checkMillis, headBytesMax, streamsMax } from "./connectionLimits.ts"
import { keepCertificatesFresh } from "./freshCertificates.ts"
import { watchSessions } from "./sessions.ts"

/** How often at most the log says that connections are refused. */
const sayMillis = 5_000

/** What a server is made of. */
export interface TlsServerOptions {
  readonly tls: TlsSettings
  readonly life: ServerLife
  readonly limits: ConnectionLimits
  readonly answers: Answers
}

const contextOf = ({ ca, cert, key }: Certificates, { minVersion }: TlsSettings) => ({
  cert,
  key,
  minVersion,
  ...(ca === undefined ? {} : { ca: [...ca] })
})

/** The limits of HTTP/1.1 that Node takes as fields of a server which also speaks HTTP/2. */
const http1Limits = (limits: ConnectionLimits) => ({
  headersTimeout: limits.headMillisMax,
  requestTimeout: limits.receiveMillisMax,
  keepAliveTimeout: limits.idleMillisMax,
  connectionsCheckingInterval: checkMillis,
  maxHeaderSize: headBytesMax,
  requireHostHeader: true,
  joinDuplicateHeaders: true,
  timeout: limits.stillMillisMax
})

const makeServer = (
  { answers, limits, tls }: TlsServerOptions,
  certificates: Certificates
): Http2SecureServer =>
  Object.assign(
    createSecureServer({
      ...contextOf(certificates, tls),
      allowHTTP1: true,
      requestCert: tls.clientAuth !== "none",
      rejectUnauthorized: tls.clientAuth === "required",
      handshakeTimeout: limits.headMillisMax,
      Http1ServerResponse: answers.Http1,
      Http2ServerResponse: answers.Http2,
      settings: { maxConcurrentStreams: streamsMax, maxHeaderListSize: headBytesMax }
    }),
    http1Limits(limits)
  )

/** A certificate that is not valid is never taken for none. */
const refuseBadCertificate = (socket: TLSSocket): boolean => {
  if (socket.authorized || socket.getPeerX509Certificate() === undefined) return false
  socket.destroy()
  return true
}

/** Counts what was refused, and says it in one line, at once and then now and then. */
const tellRefusals = (say: (count: number, reason: string, address: string) => void) => {
  const counts = new Map<string, { count: number; address: string }>()
  let isQuiet = false
  const tell = () => {
    isQuiet = counts.size > 0
    for (const [reason, { address, count }] of counts) say(count, reason, address)
    counts.clear()
    if (isQuiet) setTimeout(tell, sayMillis).unref()
  }
  return (reason: string, address: string) => {
    const known = counts.get(reason)
    counts.set(reason, { address, count: (known?.count ?? 0) + 1 })
    if (!isQuiet) tell()
  }
}

/** Logs connections: who came, for who looks closely, and who was refused. */
const logConnections = Effect.fnUntraced(function* (
  server: Http2SecureServer,
  { clientAuth }: TlsSettings
) {
  const services = yield* Effect.context<never>()
  const run = Effect.runForkWith(services)
  const refused = tellRefusals((count, reason, address) => {
    const logged = Effect.logInfo("TLS connections were refused")
    run(Effect.annotateLogs(logged, { reason, count, address }))
  })
  server.on("tlsClientError", (error: NodeJS.ErrnoException, socket) => {
    refused(error.code ?? error.message, socket.remoteAddress ?? "unknown")
  })
  server.prependListener("secureConnection", (socket) => {
    const { alpnProtocol, authorizationError, remoteAddress: address = "unknown" } = socket
    if (clientAuth === "optional" && refuseBadCertificate(socket)) {
      refused(String(authorizationError), address)
      return
    }
    run(
      Effect.suspend(() => {
        const peer = clientAuth === "none" ? undefined : socket.getPeerX509Certificate()
        return Effect.annotateLogs(Effect.logDebug("a TLS connection was accepted"), {
          address,
          tlsVersion: socket.getProtocol(),
          cipher: socket.getCipher().name,
          protocol: alpnProtocol,
          ...(peer === undefined ? {} : { peer: peer.subjectAltName ?? peer.subject })
        })
      })
    )
  })
})

/** Makes the server, and keeps its certificates those of the files. */
export const makeTlsServer = Effect.fnUntraced(function* (
  options: TlsServerOptions
): Effect.fn.Return<Http2SecureServer, CommandFailure, Scope.Scope> {
  const { answers, life, limits, tls } = options
  let server: Http2SecureServer | undefined
  yield* keepCertificatesFresh(tls.files, (certificates) => {
    if (server === undefined) server = makeServer(options, certificates)
    else server.setSecureContext(contextOf(certificates, tls))
  })
  const made = server as Http2SecureServer | undefined
  if (made === undefined) return yield* Effect.die("the certificates were not used")
  const secured = new WeakSet<object>()
  made.prependListener("secureConnection", (socket) => secured.add(socket))
  made.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    // An answer within the handshake would wait for its end, which does not come.
    if (secured.has(socket)) answers.toUnreadable(error, socket)
    else socket.destroy()
  })
  watchSessions(made, life, limits)
  yield* logConnections(made, tls)
  return made
})
