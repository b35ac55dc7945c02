import { defineConfig } from "tsup"

// Declarations come from `tsc -b`; `clean` would delete them and leave the build info behind.
export default defineConfig({
  entry: { index: "src/index.ts", kit: "src/kit.ts", "node/index": "src/node/index.ts" },
  format: "esm",
  target: "node22",
  dts: false,
  clean: false,
  sourcemap: true
})
