/** Opens the inventory when the application starts, provides it, and closes it last. */
import { createInventory } from "@holdfast/adapter-pg"
import type { HoldfastInventory } from "@holdfast/core"
import { type NodeHandler, toNodeHandler } from "@holdfast/http/node"
import {
  type BeforeApplicationShutdown,
  Inject,
  Logger,
  Module,
  type OnApplicationShutdown
} from "@nestjs/common"

// What a class asks for. An interface has no value that could stand for it.
/** The inventory. */
export const INVENTORY = Symbol("inventory")
/** The REST API over it. */
export const REST_API = Symbol("restApi")

/** One inventory for the whole application. */
@Module({
  providers: [
    {
      provide: INVENTORY,
      useFactory: () => {
        const url = process.env["DATABASE_URL"]
        return createInventory(url === undefined ? { memory: true } : { url })
      }
    },
    { provide: REST_API, useFactory: toNodeHandler, inject: [INVENTORY] }
  ],
  exports: [INVENTORY, REST_API]
})
export class InventoryModule implements BeforeApplicationShutdown, OnApplicationShutdown {
  @Inject(INVENTORY) private readonly inventory!: HoldfastInventory
  @Inject(REST_API) private readonly restApi!: NodeHandler
  private readonly log = new Logger("Inventory")

  // It runs while the HTTP server is open, which would wait for event streams that nobody ends.
  async beforeApplicationShutdown(): Promise<void> {
    await this.restApi.dispose()
  }

  // It runs after the HTTP server has ended, so every request has its answer.
  async onApplicationShutdown(): Promise<void> {
    await this.inventory.close()
    this.log.log("closed")
  }
}
