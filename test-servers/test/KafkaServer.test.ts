import { spawn } from "node:child_process"
import { existsSync, watch } from "node:fs"
import { connect } from "node:net"
import { dirname } from "node:path"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"
import { sharedKafka, startKafka } from "../src/index.ts"
import { describeKafka } from "../src/suites/describeKafka.ts"
import { silence } from "./silence.ts"

/** What a broker answers when it is asked which requests it knows: the correlation id comes back. */
const answerOf = (broker: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const request = Buffer.alloc(14)
    // Length, ApiVersions, version 0, correlation id, no client id.
    request.writeInt32BE(10, 0)
    request.writeInt16BE(18, 4)
    request.writeInt32BE(4_711, 8)
    request.writeInt16BE(-1, 12)
    const [host, port] = broker.split(":")
    const socket = connect(Number(port), host)
    socket.once("error", reject).once("connect", () => socket.write(request))
    socket.once("data", (reply) => {
      socket.destroy()
      resolve(reply.readInt32BE(4))
    })
  })

const portOf = (broker: string) => Number(broker.split(":")[1])

/** Resolved when the folder is gone. */
const removal = (folder: string): Promise<void> =>
  new Promise((resolve) => {
    const watcher = watch(dirname(folder), () => {
      if (existsSync(folder)) return
      watcher.close()
      resolve()
    })
    if (!existsSync(folder)) {
      watcher.close()
      resolve()
    }
  })

describeKafka("a Kafka server", () => {
  it("is one for a test run, and answers everybody and those who say who they are", async () => {
    const { brokers, userBrokers } = await sharedKafka()
    expect(await sharedKafka()).toEqual({ brokers, userBrokers })
    for (const broker of [...brokers, ...userBrokers]) expect(await answerOf(broker)).toBe(4_711)
  })

  it("keeps its ports through SIGTERM and kill -9, and leaves nothing when it is stopped", async () => {
    const server = await startKafka()
    const [node] = server.nodes
    const [broker = ""] = server.brokers
    for (const end of ["terminate", "kill9"] as const) {
      await node?.[end]()
      await silence(portOf(broker))
      await node?.restart()
      expect(await answerOf(broker)).toBe(4_711)
    }
    const [home = ""] = server.homes
    expect(existsSync(home)).toBe(true)
    await server.stop()
    await silence(portOf(broker))
    expect(existsSync(home)).toBe(false)
  })

  it("ends, with its data, when the process that started it is killed", async () => {
    const script = fileURLToPath(new URL("holdKafka.ts", import.meta.url))
    const holder = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] })
    const { broker, homes } = await new Promise<{ broker: string; homes: ReadonlyArray<string> }>(
      (resolve) => {
        holder.stdout.setEncoding("utf8").once("data", (line: string) => resolve(JSON.parse(line)))
      }
    )
    holder.kill("SIGKILL")
    await silence(portOf(broker))
    await removal(homes[0] ?? "")
  })
})
