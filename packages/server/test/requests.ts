/** Requests to a server under test: plain `fetch`, and a load of reservations that keeps its books. */

/** An answer with its body read. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any
}

/** Sends a request; a body is sent as JSON. */
export const send = async (
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {}
): Promise<Answer> => {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: body === undefined ? headers : { "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: text === "" ? undefined : JSON.parse(text)
  }
}

/** Reads. */
export const get = (url: string, path: string): Promise<Answer> => send(url, "GET", path)

/** Writes. */
export const post = (
  url: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>
): Promise<Answer> => send(url, "POST", path, body, headers)

/** Registers a SKU with stock. */
export const registerSku = async (url: string, skuId: string, initialStock: number) => {
  const answer = await post(url, "/api/skus", {
    skuId,
    code: skuId,
    name: `Test ${skuId}`,
    initialStock
  })
  if (answer.status !== 201) throw new Error(`registering ${skuId}: ${JSON.stringify(answer.body)}`)
}

/** Reserves units for an order, under a key when one is given. */
export const reserve = (
  url: string,
  skuId: string,
  orderId: string,
  quantity = 1,
  key?: string
): Promise<Answer> =>
  post(
    url,
    "/api/inventory/reservations",
    { skuId, quantity, orderId },
    key === undefined ? {} : { "idempotency-key": key }
  )

/** Runs tasks, so many at a time. */
export const inParallel = async <A, B>(
  items: ReadonlyArray<A>,
  width: number,
  run: (item: A) => Promise<B>
): Promise<ReadonlyArray<B>> => {
  const results: Array<B> = []
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      const index = next++
      results[index] = await run(items[index] as A)
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker))
  return results
}

/** A load of reservations. What was acknowledged is written down the moment its answer is read. */
export interface Load {
  /** The ids of the reservations that were answered with 201. */
  readonly acknowledged: ReadonlyArray<string>
  /** How often each status was answered; 0 counts requests that were not answered at all. */
  readonly statuses: ReadonlyMap<number, number>
  /** Waits until so many are acknowledged. */
  readonly reaches: (count: number) => Promise<void>
  /** Lets no caller begin another request, and waits for those on their way. */
  readonly stop: () => Promise<void>
  /** Waits until every caller has ended by itself. */
  readonly done: Promise<void>
}

/** Whose requests a load sends, and what a caller does when one is not answered with a decision. */
export interface LoadOptions {
  readonly url: string
  readonly skuIds: ReadonlyArray<string>
  readonly callers: number
  /** Distinguishes the orders of two loads. */
  readonly name: string
  /**
   * `stop`: a caller ends at the first request without an answer. `repeat`: it sends the same
   * request with the same key until it is granted or refused.
   */
  readonly unanswered: "stop" | "repeat"
  /** Requests that a caller makes; without end when left out. */
  readonly requests?: number
}

/** Starts callers that reserve one unit at a time, each in a loop. */
export const startLoad = (options: LoadOptions): Load => {
  const { callers, name, requests = Number.POSITIVE_INFINITY, skuIds, unanswered, url } = options
  const acknowledged: Array<string> = []
  const statuses = new Map<number, number>()
  let waiters: ReadonlyArray<{ readonly count: number; readonly resolve: () => void }> = []
  let isOver = false

  const settle = (status: number, id: string | undefined) => {
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    if (id === undefined) return
    acknowledged.push(id)
    const reached = waiters.filter(({ count }) => acknowledged.length >= count)
    waiters = waiters.filter(({ count }) => acknowledged.length < count)
    for (const { resolve } of reached) resolve()
  }

  /** Whether the request was granted or refused, by whatever try. */
  const once = async (caller: number, request: number): Promise<boolean> => {
    const order = `${name}-${caller}-${request}`
    const skuId = skuIds[(caller + request) % skuIds.length] ?? ""
    for (;;) {
      const answer = await reserve(url, skuId, order, 1, order).catch(() => undefined)
      settle(answer?.status ?? 0, answer?.status === 201 ? answer.body.id : undefined)
      if (answer !== undefined && answer.status < 429) return true
      if (unanswered === "stop" || isOver) return false
    }
  }

  const caller = async (index: number) => {
    for (let request = 0; request < requests && !isOver; request++) {
      if (!(await once(index, request)) && unanswered === "stop") return
    }
  }

  const done = Promise.all(Array.from({ length: callers }, (_, index) => caller(index))).then(
    () => undefined
  )
  return {
    acknowledged,
    statuses,
    reaches: (count) =>
      new Promise((resolve) => {
        if (acknowledged.length >= count) resolve()
        else waiters = [...waiters, { count, resolve }]
      }),
    stop: () => {
      isOver = true
      return done
    },
    done
  }
}

/** Which of these reservations a server does not know. */
export const missingOf = async (
  url: string,
  ids: ReadonlyArray<string>
): Promise<ReadonlyArray<string>> => {
  const found = await inParallel(ids, 16, async (id) => {
    const { status } = await get(url, `/api/inventory/reservations/${id}`)
    return status === 200
  })
  return ids.filter((_, index) => found[index] !== true)
}
