/** The services and messages of the .proto files, read from their descriptors. */
import { createFileRegistry, type DescService, fromBinary } from "@bufbuild/protobuf"
import { base64Decode } from "@bufbuild/protobuf/wire"
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt"
import { descriptors } from "./descriptors.ts"

/** Every file, message and service of the contract, and of what tools know already. */
export const registry = createFileRegistry(
  fromBinary(FileDescriptorSetSchema, base64Decode(descriptors))
)

const serviceNamed = (name: string): DescService => {
  const service = registry.getService(name)
  if (service === undefined) throw new Error(`there is no service ${name} in the .proto files`)
  return service
}

/** What Holdfast serves. */
export const services = {
  inventory: serviceNamed("holdfast.inventory.v1.InventoryService"),
  catalog: serviceNamed("holdfast.catalog.v1.CatalogService"),
  events: serviceNamed("holdfast.events.v1.EventsService")
} as const

/** What every tool asks for. */
export const toolServices = {
  health: serviceNamed("grpc.health.v1.Health"),
  reflection: serviceNamed("grpc.reflection.v1.ServerReflection"),
  reflectionAlpha: serviceNamed("grpc.reflection.v1alpha.ServerReflection")
} as const
