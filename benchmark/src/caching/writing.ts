/** Writes that come beside reads, so many a second: goods received, and products changed. */
import * as Effect from "effect/Effect"
import { pageOf } from "./cachedShop.ts"

/** What is written of. */
export interface Written {
  readonly url: string
  readonly productIds: ReadonlyArray<string>
  readonly skuCount: number
  readonly perSecond: number
}

const json = { "content-type": "application/json" }

/** The n-th of them is drawn with 1/n: who is read often is changed often. */
const drawn = (count: number): number => Math.min(count - 1, Math.floor(count ** Math.random()) - 1)

/** Writes until it is interrupted. A write that is refused is a mistake of the benchmark. */
export const writing = ({ perSecond, productIds, skuCount, url }: Written): Effect.Effect<never> =>
  Effect.callback((resume) => {
    let count = 0
    const send = async (method: string, path: string, body: object) => {
      const answer = await fetch(`${url}${path}`, {
        ...{ method, headers: json, body: JSON.stringify(body) }
      })
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    }
    const next = () => {
      count += 1
      const id = productIds[drawn(productIds.length)] ?? ""
      const sent =
        count % 2 === 0
          ? send("PATCH", pageOf(id), { description: `changed ${count}` })
          : send("POST", `/api/inventory/sku-${1 + (count % skuCount)}/receive`, { quantity: 1 })
      sent.catch((error) => resume(Effect.die(error)))
    }
    const timer = setInterval(next, 1_000 / perSecond)
    return Effect.sync(() => clearInterval(timer))
  })
