/**
 * The .proto files are in good order, break nothing that the last release promised, and are what the
 * package reads. `pnpm contract` makes the descriptors; `pnpm contract release` also records the files as
 * what later versions must not break.
 */
import { execFileSync, spawnSync } from "node:child_process"
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"

const folder = fileURLToPath(new URL("../../", import.meta.url))
const buf = join(folder, "node_modules", ".bin", "buf")
const released = join(folder, "released.binpb")
const module = join(folder, "src", "contract", "descriptors.ts")
const updated = process.env["UPDATE_CONTRACT"]

/** The text of the module that the .proto files give. */
const descriptorsModule = (): string =>
  execFileSync(process.execPath, [join(folder, "scripts", "buildDescriptors.mjs"), "print"], {
    encoding: "utf8"
  })

/** Runs buf, and answers what it complains about. */
const told = (cwd: string, ...args: ReadonlyArray<string>): string => {
  const { error, status, stderr, stdout } = spawnSync(buf, args, { cwd, encoding: "utf8" })
  if (error !== undefined) throw error
  return status === 0 ? "" : `${stdout}${stderr}`
}

const rules = '{"version":"v2","breaking":{"use":["WIRE_JSON"]}}'

/** What of the last release is broken. Of folders with several modules, buf says nothing; of images it does. */
const breaksIn = (cwd: string): string => {
  const out = mkdtempSync(join(tmpdir(), "holdfast-image-"))
  try {
    const image = join(out, "now.binpb")
    execFileSync(buf, ["build", "-o", image], { cwd })
    return told(cwd, "breaking", image, "--against", released, "--config", rules)
  } finally {
    rmSync(out, { recursive: true })
  }
}

if (updated !== undefined) writeFileSync(module, descriptorsModule())
if (updated === "break" || (updated === "release" && breaksIn(folder) === "")) {
  execFileSync(buf, ["build", "-o", released, "--exclude-source-info"], { cwd: folder })
}

it("descriptors.ts is what the .proto files give; if not, run `pnpm contract`", () => {
  expect(readFileSync(module, "utf8") === descriptorsModule()).toBe(true)
})

it("has nothing that buf lint complains about", () => {
  expect(told(folder, "lint")).toBe("")
})

it("breaks nothing that the last release promised to clients", () => {
  expect(breaksIn(folder)).toBe("")
})

it("notices a field that is renamed, one with another type, and a field and a value that are gone", () => {
  const copy = mkdtempSync(join(tmpdir(), "holdfast-broken-"))
  try {
    for (const name of ["proto", "known", "buf.yaml"]) {
      cpSync(join(folder, name), join(copy, name), { recursive: true })
    }
    const file = join(copy, "proto/holdfast/inventory/v1/inventory.proto")
    const text = readFileSync(file, "utf8")
    const broken = text
      .replace(
        "string order_id = 2;\n  optional string line_id",
        "string order = 2;\n  optional string line_id"
      )
      .replace(/int64 backorder_limit = 7;/, "int32 backorder_limit = 7;")
      .replace("  RESERVATION_STATUS_EXPIRED = 5;\n", "")
      .replace("  bool sellable = 5;\n", "")
    writeFileSync(file, broken)
    const words = breaksIn(copy)
    expect(words).toContain('Field "2" with name "order" on message "Reservation" changed')
    expect(words).toContain('Field "7" with name "backorder_limit"')
    expect(words).toContain('enum value "5" on enum "ReservationStatus" was deleted')
    expect(words).toContain('field "5" with name "sellable" on message "Location" was deleted')
  } finally {
    rmSync(copy, { recursive: true })
  }
})
