/** The gRPC door of Holdfast. */
export { services } from "./contract/services.ts"
export { messageCodec } from "./messages/messageCodec.ts"
