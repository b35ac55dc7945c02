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
    file: "packages/core/src/effect.ts",
    refuses: [
      "node:fs",
      "pg",
      "effect",
      "effect/sql/SqlClient",
      "@holdfast/core",
      "../../http/src/index.ts"
    ],
    allows: ["./inventory/Inventory.ts", "./memory/MemoryStockStore.ts", "effect/Effect"]
  },
  {
    rule: "the kernel knows neither context",
    file: "packages/core/src/kernel/Planted.ts",
    refuses: [
      "../inventory/Sku.ts",
      "../catalog/Product.ts",
      "../events/EventLog.ts",
      "effect/Effect"
    ],
    allows: ["./Quantity.ts", "effect/Schema"]
  },
  {
    rule: "state is left of decide, evolve, ports and services",
    file: "packages/core/src/inventory/Sku.ts",
    refuses: [
      "./decide.ts",
      "./decide/reserve.ts",
      "./evolve.ts",
      "./StockStore.ts",
      "./StockReads.ts",
      "./Inventory.ts",
      "./GroupCommit.ts",
      "./commitBatch.ts",
      "./Planted.ts",
      "./foldBatch.ts",
      "../memory/MemoryStockStore.ts",
      "../kernel/../memory/MemoryStockStore.ts",
      "../catalog/Product.ts",
      "../../../http/src/index.ts"
    ],
    allows: ["./Location.ts", "../kernel/Quantity.ts", "effect/DateTime"]
  },
  {
    rule: "evolve is left of decide",
    file: "packages/core/src/inventory/evolve.ts",
    refuses: ["./decide.ts", "./decide/reserve.ts", "./StockStore.ts", "./Inventory.ts"],
    allows: ["./SkuStock.ts", "../kernel/Quantity.ts"]
  },
  {
    rule: "decide is left of the ports",
    file: "packages/core/src/inventory/decide.ts",
    refuses: ["./StockStore.ts", "./StockReads.ts", "./Inventory.ts", "./GroupCommit.ts"],
    allows: ["./evolve.ts", "./decide/reserve.ts", "effect/Result"]
  },
  {
    rule: "a family of commands is left of the ports, and of decide",
    file: "packages/core/src/inventory/decide/reserve.ts",
    refuses: [
      "../decide.ts",
      "../StockStore.ts",
      "../Inventory.ts",
      "../../memory/MemoryStockStore.ts"
    ],
    allows: ["./Draft.ts", "../OpenBook.ts", "../../kernel/Quantity.ts", "effect/Result"]
  },
  {
    rule: "a port is left of the services, and of the fold of a batch",
    file: "packages/core/src/inventory/StockStore.ts",
    refuses: [
      "./Inventory.ts",
      "./GroupCommit.ts",
      "./foldBatch.ts",
      "../memory/MemoryStockStore.ts",
      "node:fs"
    ],
    allows: ["./StockBook.ts", "effect/Effect", "effect/Context"]
  },
  {
    rule: "the fold of a batch is left of the services",
    file: "packages/core/src/inventory/foldBatch.ts",
    refuses: [
      "./Inventory.ts",
      "./GroupCommit.ts",
      "./commitBatch.ts",
      "./Planted.ts",
      "./Planted.ts",
      "../memory/MemoryStockStore.ts",
      "effect/Effect"
    ],
    allows: ["./decide.ts", "./StockStore.ts", "../kernel/Quantity.ts", "effect/Result"]
  },
  {
    rule: "a service is left of memory, testing and promise",
    file: "packages/core/src/inventory/Inventory.ts",
    refuses: [
      "../memory/MemoryStockStore.ts",
      "../testing/index.ts",
      "../promise/toPromises.ts",
      "../catalog/Product.ts",
      "effect/sql/SqlClient",
      "effect/http/HttpRouter"
    ],
    allows: ["./decide.ts", "./StockStore.ts", "../events/EventLog.ts", "effect/Layer"]
  },
  {
    rule: "catalog does not import inventory",
    file: "packages/core/src/catalog/Product.ts",
    refuses: ["../inventory/Sku.ts", "../memory/MemoryStockStore.ts"],
    allows: ["./Category.ts", "../kernel/Page.ts", "effect/Schema"]
  },
  {
    rule: "events know the kernel only",
    file: "packages/core/src/events/EventLog.ts",
    refuses: [
      "../inventory/InventoryEvent.ts",
      "../catalog/Product.ts",
      "../memory/MemoryEventLog.ts"
    ],
    allows: ["../kernel/DomainEvent.ts", "effect/Stream"]
  },
  {
    rule: "a flow is left of memory",
    file: "packages/core/src/ordering/OrderFlow.ts",
    refuses: ["../memory/MemoryStockStore.ts", "../testing/index.ts"],
    allows: ["../inventory/Inventory.ts", "../events/EventPublisher.ts"]
  },
  {
    rule: "memory is beside testing and promise",
    file: "packages/core/src/memory/MemoryStockStore.ts",
    refuses: ["../testing/index.ts", "../promise/toPromises.ts", "node:fs"],
    allows: ["../inventory/StockStore.ts", "../inventory/decide/Draft.ts", "effect/Effect"]
  },
  {
    rule: "testing is beside memory and promise",
    file: "packages/core/src/testing/StockStoreContract.ts",
    refuses: ["../memory/MemoryStockStore.ts", "../promise/toPromises.ts"],
    allows: ["../inventory/StockStore.ts", "effect/testing/TestClock"]
  },
  {
    rule: "promise is beside memory and testing",
    file: "packages/core/src/promise/toPromises.ts",
    refuses: ["../memory/MemoryStockStore.ts", "../testing/index.ts"],
    allows: ["../inventory/Inventory.ts", "effect/ManagedRuntime"]
  },
  {
    rule: "the Promise door shows no type of Effect",
    file: "packages/core/src/index.ts",
    refuses: ["./inventory/Inventory.ts", "./promise/toPromises.ts", "effect/Effect"],
    allows: ["./promise/HoldfastError.ts"]
  },
  {
    rule: "an adapter knows core, and no other adapter",
    file: "packages/adapter-pg/src/PgStockStore.ts",
    refuses: [
      "@holdfast/adapter-kafka",
      "@holdfast/adapter-pg/effect",
      "@holdfast/http",
      "holdfast",
      "@holdfast/core/testing",
      "../../core/src/index.ts",
      "../../adapter-kafka/src/index.ts"
    ],
    allows: ["@holdfast/core", "@holdfast/core/effect", "./statements/lockStock.ts", "node:path"]
  },
  {
    rule: "the API knows core, and no adapter",
    file: "packages/http/src/server/inventoryRoutes.ts",
    refuses: [
      "@holdfast/adapter-pg",
      "holdfast",
      "effect/sql/SqlClient",
      "@effect/sql-pg/PgClient",
      "node:fs"
    ],
    allows: ["@holdfast/core/effect", "../api/InventoryApi.ts", "effect/http-api/HttpApi"]
  },
  {
    rule: "the server imports the published doors",
    file: "packages/server/src/serve.ts",
    refuses: [
      "@holdfast/core/testing",
      "../../core/src/index.ts",
      "../../../examples/plain/src/main.ts"
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
