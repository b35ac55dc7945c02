import { defineConfig } from "tsup"

// Declarations come from `tsc -b`; `clean` would delete them and leave the build info behind.
export default defineConfig({
  entry: { main: "src/main.ts" },
  format: "esm",
  target: "node22",
  dts: false,
  clean: false,
  removeNodeProtocol: false,
  sourcemap: true
})
