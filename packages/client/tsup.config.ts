import { defineConfig } from "tsup"

// Declarations come from `tsc -b`, so `clean` spares them and their build info.
export default defineConfig({
  entry: { index: "src/index.ts" },
  format: "esm",
  target: "es2022",
  platform: "browser",
  dts: false,
  clean: ["!**/*.d.ts", "!**/*.d.ts.map"],
  sourcemap: true
})
