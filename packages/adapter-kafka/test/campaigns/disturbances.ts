/** What is done to brokers while events are moved. Steps go by events that were moved, not by time. */
import type { KafkaServer, ProxiedKafka } from "@holdfast/test-servers"
import type { Campaign } from "./campaign.ts"

type Disturb = Campaign["disturb"]

const step = 1_000

/** Ends each node in turn, and starts it again, so that every partition gets another leader. */
export const movingLeaders =
  (server: KafkaServer, by: "SIGTERM" | "kill -9", rounds: number): Disturb =>
  async (moved) => {
    for (let round = 0; round < rounds; round++) {
      const node = server.nodes[round % server.nodes.length]
      await moved(step)
      await (by === "SIGTERM" ? node?.terminate() : node?.kill9())
      await moved(step)
      await node?.restart()
      await moved(step)
    }
  }

/** Kills a node that is alone, and starts it again on its data. */
export const dyingBroker =
  (server: KafkaServer, rounds: number): Disturb =>
  async (moved) => {
    const [node] = server.nodes
    for (let round = 0; round < rounds; round++) {
      await moved(step)
      await node?.kill9()
      await node?.restart()
    }
    await moved(step)
  }

/** Swallows the answers of produce requests: each time the broker has kept what the client doubts. */
export const swallowedAnswers =
  ({ proxy }: ProxiedKafka, rounds: number): Disturb =>
  async (moved) => {
    for (let round = 0; round < rounds; round++) {
      await moved(step)
      // Every third answer, so that a retry may lose its answer too.
      const before = proxy.cuts()
      await proxy.behave({ kind: "cut-commit-answer", when: (produce) => produce % 3 === 0 })
      await moved(step)
      await proxy.behave({ kind: "pass" })
      if (proxy.cuts() === before) throw new Error("no answer was swallowed")
    }
    await moved(step)
  }

/** Takes the broker away for a while. */
export const brokerAway =
  ({ proxy }: ProxiedKafka, awayMillis: number): Disturb =>
  async (moved) => {
    await moved(step)
    await proxy.behave({ kind: "refuse" })
    await new Promise((resolve) => setTimeout(resolve, awayMillis))
    await proxy.behave({ kind: "pass" })
    await moved(step)
  }
