/**
 * `pnpm drill <name>`: runs what takes too long for every test run. Words after the name go to the
 * drill. Without a name, it lists them.
 */
import { spawnSync } from "node:child_process"

const drills = {
  away: "packages/server/test/serving/away/drill.ts",
  backups: "e2e/backups/drill.ts",
  consume: "packages/adapter-kafka/test/consuming/drill.ts",
  failover: "packages/adapter-pg/test/replicas/failover/drill.ts",
  image: "e2e/production/drill.ts",
  kafka: "packages/adapter-kafka/test/campaigns/drill.ts",
  kubernetes: "e2e/kubernetes/drill.ts",
  observability: "packages/server/test/observability/drill.ts",
  restore: "packages/server/test/recovery/drill.ts",
  rolling: "packages/server/test/serving/rolling/drill.ts",
  soak: "packages/server/test/soak/drill.ts"
}

const [, , name, ...words] = process.argv
const drill = drills[name]
if (drill === undefined) {
  console.error(`pnpm drill <name>, where a name is one of: ${Object.keys(drills).join(", ")}`)
  process.exit(1)
}
const { status } = spawnSync(process.execPath, ["--conditions=@holdfast/source", drill, ...words], {
  stdio: "inherit"
})
process.exit(status ?? 1)
