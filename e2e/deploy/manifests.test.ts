/**
 * The committed manifests: valid to three versions of Kubernetes, made from the chart as it is, and
 * as safe as the docs say. Rendering needs helm, and is `pnpm render --check`.
 */
import { execFileSync } from "node:child_process"
import { readdirSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { Ajv } from "ajv"
import { beforeAll, describe, expect, it, vi } from "vitest"
import { parse } from "yaml"
import { holdfast } from "../../packages/server/test/ServerProcess.ts"
import { whyNoWheel } from "../../test-servers/src/index.ts"
import { describeUnless } from "../../test-servers/src/suites/describeUnless.ts"
import { type Resource, resourcesIn, textOf, type Validation, validationOf } from "./manifests.ts"

vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 })

const root = fileURLToPath(new URL("../..", import.meta.url))
const places = readdirSync(`${root}deploy/helm/values`).map((file) => file.replace(".yaml", ""))
const chart = "deploy/helm/holdfast"
const serverStopSeconds = 15

const envOf = (container: Resource): ReadonlyMap<string, string> =>
  new Map(container.env.map(({ name, value }: Resource) => [name, value]))

const seconds = (text: string | undefined): number => Number(/^(\d+)s$/.exec(text ?? "")?.[1])

const schemaFile = `${chart}/values.schema.json`
const validateValues = () => {
  const ajv = new Ajv({ allErrors: true, strictTypes: false, strictRequired: false })
  const validate = ajv.compile(JSON.parse(textOf(schemaFile)))
  return (values: unknown) => {
    validate(values)
    return (validate.errors ?? []).map(({ instancePath, params }) => ({ instancePath, params }))
  }
}

/** Values over others, as helm merges them. */
const merged = (under: Resource, over: Resource): Resource => {
  if (typeof under !== "object" || typeof over !== "object" || Array.isArray(over)) return over
  const names = Object.keys({ ...under, ...over })
  return Object.fromEntries(
    names.map((name) => {
      const value = name in over ? over[name] : under[name]
      return [name, name in over && name in under ? merged(under[name], value) : value]
    })
  )
}

const asked = new Map<string, Promise<ReadonlySet<string>>>()

/** Every variable that a command understands. */
const variablesOf = (...words: ReadonlyArray<string>): Promise<ReadonlySet<string>> => {
  const ask = async () => {
    const { stdout } = await holdfast([...words, "--help"], { isBuilt: true })
    return new Set([...stdout.matchAll(/\[(HOLDFAST_[A-Z_]+)\]/g)].map(([, name = ""]) => name))
  }
  const answer = asked.get(words.join(" ")) ?? ask()
  asked.set(words.join(" "), answer)
  return answer
}

it("has files for minikube, for staging and for production", () => {
  expect(places).toEqual(["eks-production", "eks-staging", "minikube"])
  expect(readdirSync(`${root}deploy/kubernetes`)).toEqual(places.map((place) => `${place}.yaml`))
})

it("has manifests of the chart as it is", () => {
  const told = execFileSync(process.execPath, ["scripts/render.mjs", "--digests"], { cwd: root })
  for (const [file, digest] of Object.entries(JSON.parse(told.toString()))) {
    expect(textOf(`deploy/kubernetes/${file}`), "run pnpm render").toContain(`# Of ${digest}\n`)
  }
})

describe("values", () => {
  it("are those that the schema knows, in the chart and in each place", () => {
    const problems = validateValues()
    expect(problems(parse(textOf(`${chart}/values.yaml`)))).toEqual([])
    for (const place of places) {
      const defaults = parse(textOf(`${chart}/values.yaml`))
      const own = parse(textOf(`deploy/helm/values/${place}.yaml`))
      expect(problems(merged(defaults, own))).toEqual([])
    }
  })

  it("with a typo are refused, and so is a secret among settings, or fewer than three pods", () => {
    const problems = validateValues()
    const changed = (change: (values: Resource) => void) => {
      const values = parse(textOf(`${chart}/values.yaml`))
      change(values)
      return problems(values)
    }
    expect(changed(() => undefined)).toEqual([])
    expect(changed((values) => Object.assign(values, { netwrokPolicy: {} }))).toMatchObject([
      { params: { additionalProperty: "netwrokPolicy" } }
    ])
    const inventory = changed(({ services }) => Object.assign(services.inventory, { replica: 4 }))
    expect(inventory).toMatchObject([
      { instancePath: "/services/inventory", params: { additionalProperty: "replica" } }
    ])
    for (const name of ["HOLDFAST_JWT_ISUER", "HOLDFAST_DATABASE", "HOLDFAST_SERVICE_KEY"]) {
      const found = changed(({ settings }) => Object.assign(settings, { [name]: "x" }))
      expect(found).toContainEqual(expect.objectContaining({ params: { propertyName: name } }))
    }
    expect(changed(({ services }) => Object.assign(services.product, { replicas: 2 }))).toEqual([
      { instancePath: "/services/product/replicas", params: { comparison: ">=", limit: 3 } }
    ])
  })

  it("may be every setting of a server that the chart does not make itself", async () => {
    const made = /_(DATABASE(_REPLICA)?|SERVICE_KEY|REDIS|KAFKA_PASSWORD)(_FILE)?$|^HOLDFAST_KAFKA/
    const ours = new Set(
      (
        "HOST PORT GRPC_PORT SERVICE MIGRATE LEAVE_TIME DRAIN_TIMEOUT INVENTORY_URL CATALOG_URL FOLDER " +
        "MEMORY DEMO JSON LOG_FORMAT ORDERS_TOPIC KEYRING_FILE METRICS_HOST METRICS_PORT"
      )
        .split(" ")
        .map((name) => `HOLDFAST_${name}`)
    )
    const free = [...(await variablesOf("serve"))]
      .filter((name) => !made.test(name) && !ours.has(name))
      .sort()
    const schema = JSON.parse(textOf(schemaFile))
    if (process.env["UPDATE_GOLDEN"] === "1") {
      schema.definitions.settings.propertyNames.enum = free
      writeFileSync(`${root}${schemaFile}`, `${JSON.stringify(schema, null, 2)}\n`)
    }
    expect(schema.definitions.settings.propertyNames.enum, "run with UPDATE_GOLDEN=1").toEqual(free)
  })
})

describeUnless(whyNoWheel("kubernetes-validate"), "Kubernetes", () => {
  for (const version of ["1.35", "1.36", "1.37"]) {
    describe(version, () => {
      let problems: Validation
      beforeAll(() => {
        problems = validationOf(version)
      })

      for (const place of places) {
        it(`takes every resource of ${place}`, () => {
          const resources = resourcesIn(textOf(`deploy/kubernetes/${place}.yaml`))
          expect(resources.length).toBeGreaterThan(10)
          // What an operator brings is not of Kubernetes itself; its shape is asserted below.
          const own = resources.filter(({ kind }) => kind !== "ServiceMonitor")
          expect(resources.length - own.length).toBe(place === "minikube" ? 0 : 1)
          expect(own.flatMap(problems)).toEqual([])
        })
      }

      it("refuses a misspelt field, and a wrong type", () => {
        const all = resourcesIn(textOf("deploy/kubernetes/minikube.yaml"))
        const find = () => structuredClone(all.find(({ kind }) => kind === "Deployment"))
        const misspelt = find()
        misspelt.spec.template.spec.containers[0].securityContext.readOnlyRootFileSystem = true
        expect(problems(misspelt).join("\n")).toContain("readOnlyRootFileSystem")
        const mistyped = find()
        mistyped.spec.template.spec.terminationGracePeriodSeconds = "60"
        expect(problems(mistyped).join("\n")).toContain("terminationGracePeriodSeconds")
      })
    })
  }
})

describe.each(places)("the manifests of %s", (place) => {
  const resources = resourcesIn(textOf(`deploy/kubernetes/${place}.yaml`))
  const of = (kind: string) => resources.filter((resource) => resource.kind === kind)
  const pods: ReadonlyArray<Resource> = [...of("Deployment"), ...of("Job"), ...of("CronJob")].map(
    ({ spec }) => (spec.jobTemplate ?? { spec }).spec.template
  )
  const servers = of("Deployment").filter(
    ({ spec }) => spec.template.spec.containers[0].args[0] === "serve"
  )
  const matching = (kind: string, { spec }: Resource) =>
    of(kind).filter((resource) => {
      const selector = resource.spec.selector.matchLabels ?? resource.spec.selector
      return Object.entries(selector).every(
        ([name, value]) => spec.template.metadata.labels[name] === value
      )
    })

  it("have three pods or more of product and of inventory, and one may go at a time", () => {
    const contexts = servers.map(({ spec }) =>
      envOf(spec.template.spec.containers[0]).get("HOLDFAST_SERVICE")
    )
    expect(contexts.sort()).toEqual(["inventory", "product"])
    for (const server of servers) {
      const scalers = of("HorizontalPodAutoscaler").filter(
        ({ spec }) => spec.scaleTargetRef.name === server.metadata.name
      )
      const fewest = scalers[0]?.spec.minReplicas ?? server.spec.replicas
      expect(fewest).toBeGreaterThanOrEqual(3)
      // Two owners of one number would undo each other's work at every upgrade.
      if (scalers.length > 0) expect(server.spec.replicas).toBeUndefined()
      expect(server.spec.strategy).toEqual({
        type: "RollingUpdate",
        rollingUpdate: { maxUnavailable: 0, maxSurge: 1 }
      })
      const [budget, another] = matching("PodDisruptionBudget", server)
      expect([budget.spec.maxUnavailable, another]).toEqual([1, undefined])
      const names = matching("Service", server).map(({ metadata }) => metadata.name)
      expect(names).toEqual([server.metadata.name, `${server.metadata.name}-pods`])
    }
  })

  it("spread pods over zones and nodes, and do not count nodes that take no pod", () => {
    for (const { spec } of of("Deployment")) {
      const spread = spec.template.spec.topologySpreadConstraints
      expect(spread.map(({ topologyKey }: Resource) => topologyKey)).toEqual([
        "topology.kubernetes.io/zone",
        "kubernetes.io/hostname"
      ])
      for (const { labelSelector, nodeTaintsPolicy } of spread) {
        expect(nodeTaintsPolicy).toBe("Honor")
        expect(labelSelector.matchLabels).toEqual(spec.selector.matchLabels)
      }
    }
  })

  it("give a server longer to end than it needs at most", () => {
    for (const { spec } of servers) {
      const [container] = spec.template.spec.containers
      const env = envOf(container)
      const needs =
        container.lifecycle.preStop.sleep.seconds +
        seconds(env.get("HOLDFAST_LEAVE_TIME")) +
        seconds(env.get("HOLDFAST_DRAIN_TIMEOUT")) +
        serverStopSeconds
      expect(needs).toBeGreaterThan(30)
      expect(spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(needs + 5)
    }
  })

  it("ask whether a server started and is ready, and restart it only when it does not live", () => {
    for (const { spec } of servers) {
      const [{ livenessProbe, readinessProbe, startupProbe }] = spec.template.spec.containers
      expect(startupProbe.httpGet.path).toBe("/health/ready")
      expect(readinessProbe.httpGet.path).toBe("/health/ready")
      expect(livenessProbe.httpGet.path).toBe("/health/live")
      expect(startupProbe.periodSeconds * startupProbe.failureThreshold).toBeGreaterThanOrEqual(120)
    }
  })

  it("run every container as nobody, from a root that cannot be written to, within bounds", () => {
    expect(pods.length).toBeGreaterThanOrEqual(4)
    for (const { spec } of pods) {
      expect(spec.automountServiceAccountToken).toBe(false)
      expect(spec.securityContext).toMatchObject({
        runAsNonRoot: true,
        runAsUser: 65_532,
        seccompProfile: { type: "RuntimeDefault" }
      })
      expect([spec.hostNetwork, spec.hostPID, spec.hostIPC]).toEqual(Array(3).fill(undefined))
      for (const { resources: bounds, securityContext } of spec.containers) {
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] }
        })
        expect(Object.keys(bounds.requests)).toEqual(expect.arrayContaining(["cpu", "memory"]))
        expect(bounds.limits.memory).toMatch(/i$/)
      }
      for (const volume of spec.volumes) expect(volume.hostPath).toBeUndefined()
    }
    for (const { automountServiceAccountToken } of of("ServiceAccount")) {
      expect(automountServiceAccountToken).toBe(false)
    }
  })

  it("name secrets and have none, and let only the migration own the tables", () => {
    expect(of("Secret")).toEqual([])
    const used = (pod: Resource): ReadonlyArray<string> =>
      pod.spec.volumes.flatMap(({ projected }: Resource) =>
        (projected?.sources ?? []).map(({ secret }: Resource) => secret.name)
      )
    const migrators = of("Job").map(({ spec }) => spec.template)
    expect(migrators.map((pod) => used(pod).join())).toEqual([
      "holdfast-inventory-migrator",
      "holdfast-product-migrator"
    ])
    for (const job of of("Job")) {
      expect(job.metadata.annotations["helm.sh/hook"]).toBe("pre-install,pre-upgrade")
      expect(envOf(job.spec.template.spec.containers[0]).get("HOLDFAST_SERVING_ROLE")).toBe(
        "holdfast"
      )
    }
    for (const { spec } of of("Deployment")) {
      expect(used(spec.template).join()).not.toContain("migrator")
      expect(used(spec.template).length).toBeGreaterThanOrEqual(1)
    }
    for (const { spec } of servers) {
      expect(envOf(spec.template.spec.containers[0]).get("HOLDFAST_MIGRATE")).toBe("false")
    }
  })

  it("set only variables that the command knows, each once", async () => {
    const script = textOf("deploy/backup/bin/holdfast-backup")
    for (const pod of pods) {
      const [{ args, env, image }] = pod.spec.containers
      if (image.includes("holdfast-backup")) {
        for (const { name } of env) expect(script).toContain(name)
        continue
      }
      const known = await variablesOf(...args)
      const names: ReadonlyArray<string> = env.map(({ name }: Resource) => name)
      const isKnown = (name: string) =>
        known.has(name) || known.has(name.replace(/_FILE$/, "")) || known.has(`${name}]`)
      expect(names.filter((name) => !isKnown(name))).toEqual([])
      expect(new Set(names).size).toBe(names.length)
    }
  })

  it("back up each of both databases daily and hourly, restore what they made, and keep the log", () => {
    const contexts = ["inventory", "product"]
    const jobs = of("CronJob").map(({ metadata, spec }) => {
      const { containers, volumes } = spec.jobTemplate.spec.template.spec
      expect(spec.concurrencyPolicy).toBe("Forbid")
      const env = envOf(containers[0])
      const claim = volumes.find(({ name }: Resource) => name === "backups").persistentVolumeClaim
      const { secret } = volumes.find(({ name }: Resource) => name === "secrets").projected
        .sources[0]
      expect(metadata.name).toContain(env.get("HOLDFAST_SERVICE"))
      return [
        env.get("HOLDFAST_SERVICE"),
        containers[0].args[0],
        spec.schedule,
        spec.timeZone,
        claim.claimName,
        secret.name
      ]
    })
    expect(jobs.sort()).toEqual(
      contexts.flatMap((context) =>
        [
          ["full", "0 2 * * *"],
          ["incremental", "0 * * * *"],
          ["verify", "30 3 * * *"]
        ].map(([task, schedule]) => [
          ...[context, task, schedule, "Etc/UTC"],
          ...[`holdfast-${context}-backup`, `holdfast-${context}-backup`]
        ])
      )
    )
    const receivers = of("Deployment").filter(
      ({ spec }) => spec.template.spec.containers[0].args[0] === "wal"
    )
    expect(receivers.map(({ metadata }) => metadata.name).sort()).toEqual(
      contexts.map((context) => `holdfast-${context}-backup-wal`)
    )
    for (const { spec } of receivers) {
      expect([spec.replicas, spec.strategy.type]).toEqual([1, "Recreate"])
    }
    for (const { metadata } of of("PersistentVolumeClaim")) {
      expect(metadata.annotations["helm.sh/resource-policy"]).toBe("keep")
    }
    expect(of("PersistentVolumeClaim")).toHaveLength(2)
  })

  it("show metrics to who watches, and to nobody who asks at the door", () => {
    for (const { spec } of of("Service")) {
      // A gateway chooses among pods, and shows no metrics.
      const shown = spec.clusterIP === "None" ? [] : ["metrics"]
      expect(spec.ports.map(({ name }: Resource) => name)).toEqual(["http", "grpc", ...shown])
    }
    for (const { apiVersion, spec } of of("ServiceMonitor")) {
      expect(apiVersion).toBe("monitoring.coreos.com/v1")
      expect(spec.endpoints).toEqual([{ port: "metrics", path: "/metrics", interval: "15s" }])
      const labels = of("Service").map(({ metadata }) => metadata.labels)
      for (const own of labels) expect(own).toMatchObject(spec.selector.matchLabels)
    }
    const open = of("NetworkPolicy")[0].spec.ingress.filter(({ ports }: Resource) =>
      ports.some(({ port }: Resource) => port === "metrics")
    )
    expect(open.map(({ from }: Resource) => from)).toEqual([
      [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }]
    ])
  })

  it("close the network but for what is named", () => {
    const [policy, another] = of("NetworkPolicy")
    expect(another).toBeUndefined()
    expect(policy.spec.policyTypes).toEqual(["Ingress", "Egress"])
    for (const rule of policy.spec.ingress) {
      expect(rule.from.length).toBeGreaterThan(0)
      expect(rule.ports.length).toBeGreaterThan(0)
    }
    for (const rule of policy.spec.egress) expect(rule.ports.length).toBeGreaterThan(0)
    for (const { metadata } of pods) {
      expect(metadata.labels).toMatchObject(policy.spec.podSelector.matchLabels)
    }
  })
})
