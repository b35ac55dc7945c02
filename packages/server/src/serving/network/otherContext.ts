/**
 * The other context in another process, over HTTP or gRPC as its address says; what is asked and what is
 * answered is the same. The package of gRPC is loaded when an address asks for it.
 */
import type { StockStatus } from "@holdfast/core/catalog"
import type { OptionMappings } from "@holdfast/core/inventory"
import type { FollowedInventory } from "@holdfast/core/shelf"
import type { GrpcRemoteOptions } from "@holdfast/grpc"
import { layerRemoteCatalog, layerRemoteInventory } from "@holdfast/http"
import * as Effect from "effect/Effect"
import type { HttpClient } from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type { CommandFailure } from "../../cli/CommandFailure.ts"
import { isGrpc } from "../../cli/contextSettings.ts"
import type { CertificateFiles } from "./certificateFiles.ts"
import { keepCertificatesFresh } from "./freshCertificates.ts"
import { loadGrpc } from "./grpcServing.ts"
import { layerPeerClient } from "./peerClient.ts"

/** Where the other context is, and what is shown there. */
export interface OtherContext {
  readonly url: URL
  readonly bearer: Redacted.Redacted | undefined
  readonly peer: CertificateFiles | undefined
}

/** How the other context is asked over gRPC. */
export const grpcOptionsOf = ({
  bearer,
  peer,
  url
}: OtherContext): GrpcRemoteOptions<CommandFailure> => ({
  url,
  bearer,
  certificates: peer && ((use) => keepCertificatesFresh(peer, use))
})

const overHttp = <A>(layer: Layer.Layer<A, never, HttpClient>, { peer }: OtherContext) =>
  Layer.provide(layer, layerPeerClient(peer))

/** The inventory in another process, for a catalog. */
export const layerOtherInventory = (
  other: OtherContext
): Layer.Layer<StockStatus | FollowedInventory, CommandFailure> =>
  isGrpc(other.url)
    ? Layer.unwrap(
        Effect.map(loadGrpc, ({ layerGrpcInventory }) => layerGrpcInventory(grpcOptionsOf(other)))
      )
    : overHttp(layerRemoteInventory({ baseUrl: other.url, bearer: other.bearer }), other)

/** The catalog in another process, for an inventory. */
export const layerOtherCatalog = (
  other: OtherContext
): Layer.Layer<OptionMappings, CommandFailure> =>
  isGrpc(other.url)
    ? Layer.unwrap(
        Effect.map(loadGrpc, ({ layerGrpcCatalog }) => layerGrpcCatalog(grpcOptionsOf(other)))
      )
    : overHttp(layerRemoteCatalog({ baseUrl: other.url, bearer: other.bearer }), other)
