/**
 * `pnpm contract`: writes the contract of events, in `docs/events` and `docs/EVENTS.md`, and the
 * schema of GraphQL, in `docs/graphql`, the descriptors of gRPC, and the types of the client, from the sources. `pnpm contract release` also records them as
 * what later versions must not break; it does not, when a reader of the last release would be broken.
 * `pnpm contract break` does so all the same.
 */
import { spawnSync } from "node:child_process"

const [, , word = "write"] = process.argv
if (!["write", "release", "break"].includes(word)) {
  console.error("pnpm contract, pnpm contract release, or pnpm contract break")
  process.exit(1)
}
const { status } = spawnSync(
  process.execPath,
  [
    "node_modules/vitest/vitest.mjs",
    "run",
    "http/test/contract/files",
    "client/test/contract/files",
    "graphql/test/contract/files",
    "grpc/test/contract/files"
  ],
  { stdio: "inherit", env: { ...process.env, UPDATE_CONTRACT: word } }
)
process.exit(status ?? 1)
