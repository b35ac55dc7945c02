/**
 * How the other context is asked over https: with authorities of one's own, and with a certificate to
 * show. Its files may change while the process runs.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Agent, buildConnector } from "@effect/platform-node/Undici"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import type { HttpClient } from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import type { CommandFailure } from "../../cli/CommandFailure.ts"
import type { CertificateFiles, Certificates } from "./certificateFiles.ts"
import { keepCertificatesFresh } from "./freshCertificates.ts"

/** How long a connection to the other context may take. */
const connectMillisMax = 5_000

/** A way to connect that a server with another name or another authority does not pass. */
const connectorOf = ({ ca, cert, key }: Certificates) =>
  buildConnector({
    timeout: connectMillisMax,
    allowH2: false,
    minVersion: "TLSv1.2",
    rejectUnauthorized: true,
    ...(ca === undefined ? {} : { ca: [...ca] }),
    ...(cert === undefined ? {} : { cert, key })
  })

const layerDispatcher = (files: CertificateFiles) =>
  Layer.effect(
    NodeHttpClient.Dispatcher,
    Effect.gen(function* () {
      let connector: ReturnType<typeof connectorOf> | undefined
      yield* keepCertificatesFresh(files, (certificates) => {
        connector = connectorOf(certificates)
      })
      return yield* Effect.acquireRelease(
        Effect.sync(
          () => new Agent({ connect: (options, callback) => connector?.(options, callback) })
        ),
        (agent) => Effect.promise(() => agent.destroy())
      )
    })
  )

/** A client of the other context. Without files it trusts whom Node trusts, and shows nothing. */
export const layerPeerClient = (
  files: CertificateFiles | undefined
): Layer.Layer<HttpClient, CommandFailure> =>
  files === undefined
    ? FetchHttpClient.layer
    : Layer.provide(NodeHttpClient.layerUndiciNoDispatcher, layerDispatcher(files))
