/** The gRPC door of Holdfast: its contract, a server of it over the services of core, and the ports of each context over a client of it. */
export { grpcCall } from "./client/grpcCall.ts"
export type { GrpcRemoteOptions, PeerCertificates } from "./client/remote.ts"
export { layerGrpcCatalog } from "./client/remoteCatalog.ts"
export { grpcTrouble } from "./client/remoteHealth.ts"
export { layerGrpcInventory } from "./client/remoteInventory.ts"
export { services } from "./contract/services.ts"
export { GrpcNotServed } from "./serving/GrpcNotServed.ts"
export type {
  CallRates,
  GrpcCall,
  GrpcLimits,
  GrpcOptions,
  Listen,
  NotVouched
} from "./serving/GrpcOptions.ts"
export { GrpcAddress, layerGrpcServer } from "./serving/grpcServer.ts"
export type { WebHandler } from "./web/webHandler.ts"
