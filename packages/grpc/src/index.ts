/** The gRPC door of Holdfast: its contract, and a server of it over the services of core. */
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
