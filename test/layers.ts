/**
 * What the import rules must refuse and must let through, a row a rule, read by `lintRules.test.ts`.
 * It says the rules a second time, from the side of the files that they are about.
 */

/** For each rule: a file under it, what that file may not import, and what it may. */
export const layers: ReadonlyArray<{
  readonly rule: string
  readonly file: string
  readonly refuses: ReadonlyArray<string>
  readonly allows: ReadonlyArray<string>
}> = [
  {
    rule: "core depends on effect alone",
    file: "packages/core/src/inventory.ts",
    refuses: [
      "node:fs",
      "pg",
      "effect",
      "effect/sql/SqlClient",
      "@holdfast/core",
      "../../http/src/index.ts"
    ],
    allows: ["./inventory/services/Inventory.ts", "./memory/MemoryTables.ts", "effect/Effect"]
  },
  {
    rule: "the kernel knows neither context",
    file: "packages/core/src/kernel/Planted.ts",
    refuses: [
      "../inventory/state/Sku.ts",
      "../catalog/state/Product.ts",
      "../events/EventLog.ts",
      "effect/Effect"
    ],
    allows: ["./Quantity.ts", "effect/Schema"]
  },
  {
    rule: "the engine knows no context",
    file: "packages/core/src/engine/GroupCommit.ts",
    refuses: [
      "../inventory/ports/StockStore.ts",
      "../catalog/state/Product.ts",
      "../memory/MemoryTables.ts",
      "effect/sql/SqlClient"
    ],
    allows: ["./Ticket.ts", "../kernel/StoreError.ts", "effect/Effect"]
  },
  {
    rule: "instruments know nothing of what they count",
    file: "packages/core/src/metrics/Meter.ts",
    refuses: ["../engine/GroupCommit.ts", "../kernel/StoreError.ts", "effect/http/HttpRouter"],
    allows: ["./readings.ts", "effect/Metric"]
  },
  {
    rule: "keys know the kernel alone",
    file: "packages/core/src/secrets/KeyRing.ts",
    refuses: ["../audit/AuditLog.ts", "../engine/GroupCommit.ts", "effect/sql/SqlClient"],
    allows: ["./KeyUsage.ts", "../kernel/StoreError.ts", "effect/Effect"]
  },
  {
    rule: "the audit log is left of the engine",
    file: "packages/core/src/audit/AuditRecord.ts",
    refuses: ["../engine/GroupCommit.ts", "../events/EventLog.ts", "../inventory/state/Sku.ts"],
    allows: ["./Seal.ts", "../secrets/KeyRing.ts", "../access/Principal.ts", "effect/Effect"]
  },
  {
    rule: "sealing knows the audit log and the relay",
    file: "packages/core/src/events/sealing/sealing.ts",
    refuses: ["../../engine/GroupCommit.ts", "../webhooks/Webhooks.ts"],
    allows: ["../relay/whileLeased.ts", "../../audit/Seal.ts", "../EventLog.ts", "effect/Effect"]
  },
  {
    rule: "state is left of messages, decide, ports and services",
    file: "packages/core/src/inventory/state/Sku.ts",
    refuses: [
      "../messages/InventoryEvent.ts",
      "../decide/decide.ts",
      "../ports/StockStore.ts",
      "../batch/foldBatch.ts",
      "../services/Inventory.ts",
      "../../engine/GroupCommit.ts",
      "../../memory/MemoryTables.ts",
      "../../kernel/../memory/MemoryTables.ts",
      "../../catalog/state/Product.ts",
      "../../../../http/src/index.ts"
    ],
    allows: ["./Location.ts", "../../kernel/Quantity.ts", "effect/DateTime"]
  },
  {
    rule: "messages are left of decide",
    file: "packages/core/src/inventory/messages/InventoryEvent.ts",
    refuses: ["../decide/decide.ts", "../ports/StockStore.ts", "../services/Inventory.ts"],
    allows: ["../state/Sku.ts", "./InventoryAnswer.ts", "../../kernel/Quantity.ts"]
  },
  {
    rule: "decide is left of the ports",
    file: "packages/core/src/inventory/decide/reserve.ts",
    refuses: [
      "../ports/StockStore.ts",
      "../batch/foldBatch.ts",
      "../services/Inventory.ts",
      "../../engine/GroupCommit.ts",
      "../../memory/MemoryTables.ts"
    ],
    allows: [
      "./Draft.ts",
      "../state/SkuStock.ts",
      "../messages/InventoryCommand.ts",
      "../../kernel/Quantity.ts",
      "effect/Result"
    ]
  },
  {
    rule: "a port is left of the batch and the services",
    file: "packages/core/src/inventory/ports/StockStore.ts",
    refuses: [
      "../batch/foldBatch.ts",
      "../services/Inventory.ts",
      "../../memory/MemoryTables.ts",
      "node:fs"
    ],
    allows: ["../state/StockBook.ts", "../../engine/GroupCommit.ts", "effect/Effect"]
  },
  {
    rule: "a batch is left of the services",
    file: "packages/core/src/inventory/batch/foldBatch.ts",
    refuses: ["../services/Inventory.ts", "../../memory/MemoryTables.ts", "effect/Effect"],
    allows: [
      "../decide/decide.ts",
      "../ports/StockStore.ts",
      "../../kernel/Quantity.ts",
      "effect/Result"
    ]
  },
  {
    rule: "a service is left of memory, testing and promise",
    file: "packages/core/src/inventory/services/Inventory.ts",
    refuses: [
      "../../memory/MemoryTables.ts",
      "../../testing/index.ts",
      "../../promise/inventory/toPromises.ts",
      "../../catalog/state/Product.ts",
      "effect/sql/SqlClient",
      "effect/http/HttpRouter"
    ],
    allows: [
      "../decide/decide.ts",
      "../ports/StockStore.ts",
      "../../events/EventLog.ts",
      "effect/Layer"
    ]
  },
  {
    rule: "customers are left of the services",
    file: "packages/core/src/inventory/services/customers/customerMethods.ts",
    refuses: ["../Inventory.ts", "../../batch/foldBatch.ts", "../../../memory/MemoryTables.ts"],
    allows: ["../../ports/CustomerStore.ts", "../../../secrets/KeyRing.ts", "effect/Effect"]
  },
  {
    rule: "figures are counted beside the commands",
    file: "packages/core/src/inventory/services/figures/stockCheck.ts",
    refuses: [
      "../Inventory.ts",
      "../../../memory/inventory/MemoryTables.ts",
      "effect/sql/SqlClient"
    ],
    allows: ["../reconcile.ts", "../../ports/StockReads.ts", "effect/Effect"]
  },
  {
    rule: "catalog does not import inventory",
    file: "packages/core/src/catalog/state/Product.ts",
    refuses: [
      "../../inventory/state/Sku.ts",
      "../messages/CatalogEvent.ts",
      "../../shelf/inventoryStock.ts"
    ],
    allows: ["./Category.ts", "../../kernel/money/Money.ts", "effect/Schema"]
  },
  {
    rule: "the services of the catalog do not import those of the inventory",
    file: "packages/core/src/catalog/services/Catalog.ts",
    refuses: ["../../inventory/services/Inventory.ts", "../../memory/catalog/MemoryCatalog.ts"],
    allows: ["../ports/CatalogStore.ts", "../../engine/methods/questions.ts", "effect/Layer"]
  },
  {
    rule: "a room of the kernel knows the kernel",
    file: "packages/core/src/kernel/money/Money.ts",
    refuses: ["../../catalog/state/Product.ts", "effect/Effect"],
    allows: ["./currencies.ts", "../Text.ts", "effect/BigDecimal"]
  },
  {
    rule: "the methods of any context know no context",
    file: "packages/core/src/engine/methods/questions.ts",
    refuses: ["../../inventory/ports/StockReads.ts", "effect/sql/SqlClient"],
    allows: ["../commandService.ts", "../../kernel/InvalidInput.ts", "effect/Effect"]
  },
  {
    rule: "events know the kernel only",
    file: "packages/core/src/events/EventLog.ts",
    refuses: [
      "../inventory/messages/InventoryEvent.ts",
      "../catalog/state/Product.ts",
      "../memory/MemoryEventLog.ts"
    ],
    allows: ["../kernel/DomainEvent.ts", "effect/Stream"]
  },
  {
    rule: "the relay knows the ports of events and the kernel",
    file: "packages/core/src/events/relay/EventRelay.ts",
    refuses: ["../../inventory/ports/InventoryLog.ts", "../../engine/Domain.ts"],
    allows: ["./publishing.ts", "../EventLog.ts", "../../kernel/StoreError.ts", "effect/Fiber"]
  },
  {
    rule: "a flow is left of memory",
    file: "packages/core/src/ordering/OrderFlow.ts",
    refuses: ["../memory/MemoryTables.ts", "../testing/index.ts"],
    allows: ["../inventory/services/Inventory.ts", "../events/EventPublisher.ts"]
  },
  {
    rule: "the shelf is right of both contexts, and left of memory",
    file: "packages/core/src/shelf/inventoryStock.ts",
    refuses: [
      "../memory/MemoryTables.ts",
      "../testing/index.ts",
      "../promise/inventory/toPromises.ts",
      "../ordering/OrderFlow.ts",
      "effect/sql/SqlClient",
      "effect/http/HttpClient"
    ],
    allows: [
      "../inventory/ports/StockReads.ts",
      "../catalog/ports/StockStatus.ts",
      "../events/relay/Subscription.ts",
      "effect/Layer"
    ]
  },
  {
    rule: "memory is beside testing and promise",
    file: "packages/core/src/memory/MemoryTables.ts",
    refuses: ["../testing/index.ts", "../promise/inventory/toPromises.ts", "node:fs"],
    allows: ["../inventory/ports/StockStore.ts", "../inventory/decide/Draft.ts", "effect/Effect"]
  },
  {
    rule: "testing is beside memory and promise",
    file: "packages/core/src/testing/StockStoreContract.ts",
    refuses: ["../memory/MemoryTables.ts", "../promise/inventory/toPromises.ts"],
    allows: ["../inventory/ports/StockStore.ts", "effect/testing/TestClock"]
  },
  {
    rule: "the promises of any context know no context",
    file: "packages/core/src/promise/engine/PromiseCalls.ts",
    refuses: [
      "../inventory/toPromises.ts",
      "../../inventory/services/Inventory.ts",
      "../../memory/MemoryTables.ts"
    ],
    allows: ["./DoorError.ts", "../../kernel/StoreError.ts", "../../engine/RequestOptions.ts"]
  },
  {
    rule: "promise is beside memory and testing",
    file: "packages/core/src/promise/inventory/toPromises.ts",
    refuses: ["../../memory/MemoryTables.ts", "../../testing/index.ts"],
    allows: [
      "../engine/PromiseCalls.ts",
      "../../inventory/services/Inventory.ts",
      "effect/ManagedRuntime"
    ]
  },
  {
    rule: "the door of both contexts is made of their doors",
    file: "packages/core/src/promise/holdfast/toHoldfast.ts",
    refuses: [
      "../../inventory/services/Inventory.ts",
      "../../shelf/inventoryStock.ts",
      "../../memory/MemoryTables.ts"
    ],
    allows: ["../inventory/toPromises.ts", "../catalog/catalogToPromises.ts", "effect/Layer"]
  },
  {
    rule: "the Promise door shows no type of Effect",
    file: "packages/core/src/index.ts",
    refuses: [
      "./inventory/services/Inventory.ts",
      "./promise/engine/methodsToPromises.ts",
      "./promise/inventory/toPromises.ts",
      "./promise/holdfast/toHoldfast.ts",
      "effect/Effect"
    ],
    allows: ["./promise/engine/Closable.ts", "./promise/inventory/HoldfastError.ts"]
  },
  {
    rule: "an adapter knows core, and no other adapter",
    file: "packages/adapter-pg/src/ordering/PgParkedEvents.ts",
    refuses: [
      "@holdfast/adapter-kafka",
      "@holdfast/adapter-redis",
      "@holdfast/adapter-webhooks",
      "@holdfast/adapter-pg/effect",
      "@holdfast/http",
      "holdfast",
      "@holdfast/core/testing",
      "../../../core/src/index.ts",
      "../../../adapter-kafka/src/index.ts"
    ],
    allows: [
      "@holdfast/core",
      "@holdfast/core/inventory",
      "@holdfast/core/events",
      "@holdfast/core/ordering",
      "@holdfast/core/catalog",
      "@holdfast/core/shelf",
      "./statements/parkedEvents.ts",
      "node:path"
    ]
  },
  {
    rule: "the tables of the inventory know nothing of the catalog",
    file: "packages/adapter-pg/src/inventory/PgStockReads.ts",
    refuses: ["@holdfast/adapter-kafka", "@holdfast/core/catalog", "../catalog/PgCatalog.ts"],
    allows: ["@holdfast/core/inventory", "@holdfast/core/events", "./statements/lock/lockStock.ts"]
  },
  {
    rule: "the tables of the catalog know nothing of the inventory",
    file: "packages/adapter-pg/src/catalog/PgCatalogReads.ts",
    refuses: ["@holdfast/http", "@holdfast/core/inventory", "../inventory/PgStockReads.ts"],
    allows: ["@holdfast/core/catalog", "@holdfast/core/events", "./statements/read/readSlug.ts"]
  },
  {
    rule: "the API knows core, and no adapter",
    file: "packages/http/src/inventory/routes/stockRoutes.ts",
    refuses: [
      "@holdfast/adapter-pg",
      "holdfast",
      "effect/sql/SqlClient",
      "@effect/sql-pg/PgClient",
      "@effect/platform-node/NodeHttpServer",
      "../../node/toNodeHandler.ts",
      "node:fs"
    ],
    allows: ["@holdfast/core/inventory", "../api/StockApi.ts", "effect/http-api/HttpApi"]
  },
  {
    rule: "the gRPC door knows core, and no other door",
    file: "packages/grpc/src/serving/grpcServer.ts",
    refuses: ["@holdfast/http", "@holdfast/adapter-pg", "holdfast", "effect/sql/SqlClient", "pg"],
    allows: ["@holdfast/core/inventory", "@grpc/grpc-js", "./calls.ts", "node:crypto"]
  },
  {
    rule: "the Node entry of the API knows Node's requests, and no adapter",
    file: "packages/http/src/node/toNodeHandler.ts",
    refuses: ["@holdfast/adapter-pg", "holdfast", "effect/sql/SqlClient", "pg", "node:fs"],
    allows: [
      "node:http",
      "@effect/platform-node/NodeHttpServer",
      "@holdfast/core/inventory",
      "../mounting/mount.ts"
    ]
  },
  {
    rule: "GraphQL knows core and the server of the REST API, and no adapter",
    file: "packages/graphql/src/serving/handler.ts",
    refuses: [
      "@holdfast/adapter-pg",
      "holdfast",
      "@holdfast/http/node",
      "effect/sql/SqlClient",
      "@effect/platform-node/NodeHttpServer",
      "node:fs"
    ],
    allows: ["@holdfast/core/inventory", "@holdfast/http", "../schema/makeSchema.ts", "graphql"]
  },
  {
    rule: "the client knows nothing but fetch",
    file: "packages/client/src/calling/caller.ts",
    refuses: ["@holdfast/core", "effect/Effect", "node:fs", "../../../http/src/index.ts"],
    allows: ["./errors.ts", "../api/routes.ts"]
  },
  {
    rule: "the server imports the published doors",
    file: "packages/server/src/serving/server.ts",
    refuses: [
      "@holdfast/core/testing",
      "../../../core/src/index.ts",
      "../../../../examples/plain/src/main.ts"
    ],
    allows: ["@holdfast/core", "@holdfast/adapter-pg/effect", "@holdfast/http", "node:fs"]
  },
  {
    rule: "an example imports what a stranger can install",
    file: "examples/plain/src/main.ts",
    refuses: ["../../../packages/core/src/index.ts", "@holdfast/core/src/index.ts"],
    allows: ["@holdfast/core", "@holdfast/adapter-pg", "./report.ts"]
  }
]
