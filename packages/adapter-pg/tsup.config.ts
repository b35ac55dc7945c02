import { defineConfig } from "tsup"

// Declarations come from `tsc -b`, so `clean` spares them and their build info.
export default defineConfig({
  entry: {
    index: "src/index.ts",
    effect: "src/effect.ts",
    engine: "src/engine.ts",
    transactions: "src/transactions.ts"
  },
  format: "esm",
  target: "node22",
  dts: false,
  clean: ["!**/*.d.ts", "!**/*.d.ts.map"],
  // `node:sqlite` has no name without its prefix.
  removeNodeProtocol: false,
  sourcemap: true
})
