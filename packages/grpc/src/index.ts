/** The gRPC door of Holdfast: its contract, and a server of it over the services of core. */
export { services } from "./contract/services.ts"
export type { GrpcCall, GrpcOptions, NotVouched } from "./serving/GrpcOptions.ts"
export { GrpcAddress, layerGrpcServer } from "./serving/grpcServer.ts"
