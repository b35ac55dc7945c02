/**
 * Makes `src/contract/descriptors.ts` of the .proto files, so that the package reads its contract
 * without a compiler. A test fails when the two differ; run this after a change of a .proto file; `print` writes it out instead.
 */
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const folder = dirname(dirname(fileURLToPath(import.meta.url)))

/** The text of the module that the .proto files give. */
const descriptorsModule = () => {
  const out = mkdtempSync(join(tmpdir(), "holdfast-proto-"))
  try {
    const image = join(out, "all.binpb")
    const buf = join(folder, "node_modules", ".bin", "buf")
    execFileSync(buf, ["build", "-o", image, "--exclude-source-info"], { cwd: folder })
    return `/** Made of the .proto files by \`scripts/buildDescriptors.mjs\`: a FileDescriptorSet, in base64. */
export const descriptors =
  "${readFileSync(image).toString("base64")}"
`
  } finally {
    rmSync(out, { recursive: true })
  }
}

if (process.argv[2] === "print") process.stdout.write(descriptorsModule())
else writeFileSync(join(folder, "src", "contract", "descriptors.ts"), descriptorsModule())
