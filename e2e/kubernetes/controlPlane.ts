/**
 * A real control plane of Kubernetes on this machine: etcd, the API server, the controllers and the scheduler, all
 * on 127.0.0.1, with data that need not last. The programs are looked for in the folder of KUBEBUILDER_ASSETS, then
 * on the PATH; nobody brings them.
 */
import { execFile, spawnSync } from "node:child_process"
import { generateKeyPairSync } from "node:crypto"
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { promisify } from "node:util"
import {
  type BackgroundProgram,
  freePort,
  inBackground,
  makeAuthority
} from "../../test-servers/src/index.ts"
import { type Api, openApi } from "./api.ts"

const programs = [
  ...(["etcd", "kube-apiserver", "kube-controller-manager"] as const),
  ...(["kube-scheduler", "kubectl"] as const)
] as const

/** A program of the control plane, or the one that asks it. */
export type ClusterProgram = (typeof programs)[number]

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const found = (program: ClusterProgram): string | undefined =>
  [process.env["KUBEBUILDER_ASSETS"] ?? "", ...(process.env["PATH"] ?? "").split(delimiter)]
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, program))
    .find(isExecutable)

/** Which programs are missing here. */
export const missingPrograms = (): ReadonlyArray<ClusterProgram> =>
  programs.filter((program) => found(program) === undefined)

const pathOf = (program: ClusterProgram): string => {
  const path = found(program)
  if (path === undefined) throw new Error(`there is no ${program}`)
  return path
}

/** A running control plane. */
export interface ControlPlane extends AsyncDisposable {
  readonly api: Api
  readonly version: string
  /** How long it took until the API was ready, in milliseconds. */
  readonly startMillis: number
  /** Runs kubectl; rejects with what it printed when it fails. */
  readonly kubectl: (...words: ReadonlyArray<string>) => Promise<{
    readonly stdout: string
    readonly stderr: string
  }>
}

const startMillisMax = 120_000

/** Longer than any time-out that it is given. */
const kubectlMillisMax = 360_000

const kubeconfigOf = (port: number, authority: string, token: string) =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: "drill",
        cluster: { server: `https://127.0.0.1:${port}`, "certificate-authority": authority }
      }
    ],
    users: [{ name: "drill", user: { token } }],
    contexts: [{ name: "drill", context: { cluster: "drill", user: "drill" } }],
    "current-context": "drill"
  })

/** What the API server and who asks it are given, as files of a folder. */
const furnish = async (folder: string, port: number) => {
  const put = (name: string, text: string) => {
    const file = join(folder, name)
    writeFileSync(file, text, { mode: 0o600 })
    return file
  }
  const authority = await makeAuthority({ subject: "CN=drill" })
  const names = ["DNS:localhost", "IP:127.0.0.1", "DNS:kubernetes.default.svc"]
  const { cert, key } = await authority.issue({ subject: "CN=kube-apiserver", names })
  const accounts = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" }
  })
  const token = "of-this-drill"
  const authorityFile = put("authority.pem", authority.pem)
  return {
    ...{ authority, authorityFile, token },
    cert: put("server.pem", cert),
    key: put("server.key", key),
    tokens: put("tokens.csv", `${token},drill,drill,"system:masters"\n`),
    accountKey: put("accounts.key", accounts.privateKey),
    accountPublicKey: put("accounts.pub", accounts.publicKey),
    kubeconfig: put("kubeconfig", kubeconfigOf(port, authorityFile, token))
  }
}

type Furniture = Awaited<ReturnType<typeof furnish>>

const apiServerWords = (etcdPort: number, port: number, it: Furniture) => [
  `--etcd-servers=http://127.0.0.1:${etcdPort}`,
  ...["--bind-address=127.0.0.1", `--secure-port=${port}`, "--advertise-address=127.0.0.1"],
  ...[`--tls-cert-file=${it.cert}`, `--tls-private-key-file=${it.key}`],
  ...[`--token-auth-file=${it.tokens}`, "--authorization-mode=RBAC"],
  "--service-account-issuer=https://kubernetes.default.svc",
  `--service-account-key-file=${it.accountPublicKey}`,
  `--service-account-signing-key-file=${it.accountKey}`,
  ...["--service-cluster-ip-range=10.96.0.0/24", "--endpoint-reconciler-type=none"],
  // No kubelet of Kubernetes reports here, and nodes would stay tainted without one.
  "--disable-admission-plugins=TaintNodesByCondition"
]

const untilReady = async (
  isReady: () => Promise<boolean>,
  program: BackgroundProgram
): Promise<void> => {
  const startedAt = performance.now()
  while (!(await isReady().catch(() => false))) {
    program.check()
    if (performance.now() - startedAt > startMillisMax) {
      throw new Error(`it is not ready after ${startMillisMax / 1_000} s:\n${program.log()}`)
    }
    await pause(100)
  }
}

/** Starts a control plane. */
export const startControlPlane = async (): Promise<ControlPlane> => {
  const startedAt = performance.now()
  const folder = mkdtempSync(join(tmpdir(), "holdfast-cluster-"))
  const running: Array<BackgroundProgram> = []
  const begin = (program: ClusterProgram, words: ReadonlyArray<string>) => {
    const begun = inBackground(pathOf(program), words)
    running.push(begun)
    return begun
  }
  const ports: Array<number> = []
  while (ports.length < 5) {
    const port = await freePort()
    if (!ports.includes(port)) ports.push(port)
  }
  const [etcdPort = 0, peerPort = 0, port = 0, controllersPort = 0, schedulerPort = 0] = ports
  const furniture = await furnish(folder, port)
  const { authority, authorityFile, accountKey, kubeconfig, token } = furniture
  const api = openApi({ port, authority: authority.pem, token })
  const stop = async () => {
    api[Symbol.dispose]()
    // etcd last: an API server without it lingers, and keeps its port.
    for (const program of running.toReversed()) await program[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const [clientUrl, peerUrl] = [`http://127.0.0.1:${etcdPort}`, `http://127.0.0.1:${peerPort}`]
    begin("etcd", [
      ...["--name=drill", `--data-dir=${join(folder, "etcd")}`, "--log-level=error"],
      ...[`--listen-client-urls=${clientUrl}`, `--advertise-client-urls=${clientUrl}`],
      ...[`--listen-peer-urls=${peerUrl}`, `--initial-advertise-peer-urls=${peerUrl}`],
      ...[`--initial-cluster=drill=${peerUrl}`, "--unsafe-no-fsync"]
    ])
    const server = begin("kube-apiserver", [
      ...apiServerWords(etcdPort, port, furniture),
      `--cert-dir=${folder}`
    ])
    await untilReady(async () => (await api.get("/version")).gitVersion !== undefined, server)
    // The roles and priorities that it makes for itself are there a moment later.
    await untilReady(
      async () => (await api.get("/api/v1/namespaces/default")).kind === "Namespace",
      server
    )
    const leading = ["--leader-elect=false", "--bind-address=127.0.0.1", `--cert-dir=${folder}`]
    begin("kube-controller-manager", [
      ...[`--kubeconfig=${kubeconfig}`, `--secure-port=${controllersPort}`, ...leading],
      ...[`--service-account-private-key-file=${accountKey}`, `--root-ca-file=${authorityFile}`],
      "--controllers=*,-node-ipam-controller,-node-lifecycle-controller"
    ])
    begin("kube-scheduler", [
      ...[`--kubeconfig=${kubeconfig}`, `--secure-port=${schedulerPort}`, ...leading]
    ])
    const { gitVersion } = await api.get("/version")
    return {
      ...{ api, version: String(gitVersion), startMillis: performance.now() - startedAt },
      kubectl: (...words) =>
        promisify(execFile)(pathOf("kubectl"), [`--kubeconfig=${kubeconfig}`, ...words], {
          ...{ maxBuffer: 64 * 1024 * 1024, timeout: kubectlMillisMax }
        }),
      [Symbol.asyncDispose]: stop
    }
  } catch (cause) {
    const said = running.map((program) => program.log().slice(-2_000)).join("\n")
    await stop()
    throw new Error(`${String(cause)}\n${said}`)
  }
}

/** The versions of the programs that there are, for the line of a drill. */
export const versionOf = (program: ClusterProgram): string => {
  const words = program === "kubectl" ? ["version", "--client"] : ["--version"]
  const { stdout } = spawnSync(pathOf(program), words, { encoding: "utf8" })
  return /v?\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? "?"
}
