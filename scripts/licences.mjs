/**
 * `pnpm licences`: the licences of all that the production tree may contain, from its bill of
 * materials. It ends with 1 at a licence that is not known to be compatible with ours.
 */
import { spawnSync } from "node:child_process"

/** Licences that ask for a notice at most. */
const fine = new Set([
  ...["0BSD", "Apache-2.0", "BlueOak-1.0.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC"],
  ...["MIT", "PostgreSQL", "Python-2.0", "Unlicense"]
])

const { status, stdout } = spawnSync(
  "npx",
  ["--yes", "--prefer-offline", "pnpm@12.21.0", "--silent", "run", "sbom"],
  { encoding: "utf8", maxBuffer: 64 * 1024 * 1024, stdio: ["ignore", "pipe", "inherit"] }
)
if (status !== 0) process.exit(status ?? 1)

/** A choice such as `(MIT OR GPL-3.0)` is fine when one of it is; `AND` asks for all. */
const isFine = (expression) =>
  expression
    .replaceAll(/[()]/g, "")
    .split(" OR ")
    .some((part) => part.split(" AND ").every((name) => fine.has(name.trim())))

const licenceOf = ({ licenses = [] }) =>
  licenses
    .map(({ expression, license }) => expression ?? license?.id ?? license?.name ?? "")
    .join(" AND ")

const { components } = JSON.parse(stdout)
const others = components.filter((component) => !isFine(licenceOf(component)))
for (const { group, name, version, ...rest } of others) {
  console.error(`${group ? `${group}/` : ""}${name} ${version}: ${licenceOf(rest) || "no licence"}`)
}
console.log(`${components.length} packages, ${others.length} with a licence to look at`)
process.exitCode = others.length === 0 ? 0 : 1
