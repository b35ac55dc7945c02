import { defineConfig } from "tsup"

// Declarations come from `tsc -b`, so `clean` spares them and their build info.
export default defineConfig({
  entry: {
    index: "src/index.ts",
    inventory: "src/inventory.ts",
    catalog: "src/catalog.ts",
    engine: "src/engine.ts",
    events: "src/events.ts",
    access: "src/access.ts",
    audit: "src/audit.ts",
    secrets: "src/secrets.ts",
    ordering: "src/ordering.ts",
    exchange: "src/exchange.ts",
    shelf: "src/shelf.ts",
    caching: "src/caching.ts",
    metrics: "src/metrics.ts",
    tracing: "src/tracing.ts",
    "testing/index": "src/testing/index.ts"
  },
  format: "esm",
  target: "node22",
  dts: false,
  clean: ["!**/*.d.ts", "!**/*.d.ts.map"],
  // The contract suites import `@effect/vitest`, which is no dependency of core.
  skipNodeModulesBundle: true,
  sourcemap: true
})
