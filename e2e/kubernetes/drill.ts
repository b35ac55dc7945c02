/**
 * `pnpm drill kubernetes`: a real control plane rolls out real processes of Holdfast under load, from the committed
 * manifests of minikube. The programs of the control plane are taken from KUBEBUILDER_ASSETS or the PATH. With
 * `--rate` 300 requests a second and `--rollouts` 3. It prints what each step cost, and ends with 1 when a request
 * failed that may not, or a step did not do what it should.
 */
import { parseArgs } from "node:util"
import { whyNoPostgres, whyNoProgram } from "../../test-servers/src/index.ts"
import { missingPrograms, versionOf } from "./controlPlane.ts"
import { whyNoImages } from "./images.ts"
import { rollout } from "./rollout.ts"

const { values } = parseArgs({
  // pnpm passes its own separator on.
  args: process.argv.slice(2).filter((word) => word !== "--"),
  options: {
    rate: { type: "string", default: "300" },
    rollouts: { type: "string", default: "3" }
  }
})
const requestsPerSecond = Number(values.rate)
const rollouts = Number(values.rollouts)
if (!(requestsPerSecond > 0 && Number.isInteger(rollouts) && rollouts > 0)) {
  console.error("give a --rate above 0, and --rollouts from 1 on")
  process.exit(2)
}

const missing = missingPrograms()
const reason =
  missing.length > 0
    ? `there is no ${missing.join(", no ")} here. Put them into a folder, and name it in KUBEBUILDER_ASSETS, or on the PATH: see ` +
      'docs/operations/DEPLOYING.md, "A rehearsal without a cluster"'
    : (whyNoPostgres() ?? whyNoProgram("haproxy") ?? whyNoImages())
if (reason !== undefined) {
  console.error(
    `\n*** NOT RUN: ${reason}. What is checked without a control plane: vitest run e2e/kubernetes e2e/deploy serving/rolling ***\n`
  )
  process.exit(1)
}
console.log(`etcd ${versionOf("etcd")}, kubectl ${versionOf("kubectl")}`)
const faults = await rollout({ requestsPerSecond, rollouts, say: (line) => console.log(line) })
for (const fault of faults) console.log(`FAILED: ${fault}`)
process.exit(faults.length === 0 ? 0 : 1)
