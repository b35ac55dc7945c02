/**
 * Answers that were made of copies, kept as bytes to be given again before the routes are asked. An answer is
 * given again only when one look says that all the copies that it was made of are what the cache has now, so
 * it is the answer that the routes would make. Bounded in bytes; what was not asked for the longest goes first.
 */
import { HoldfastError } from "@holdfast/core"
import type { Principal } from "@holdfast/core/access"
import type { CacheNotes, CopySource } from "@holdfast/core/caching"
import type * as Effect from "effect/Effect"
import type * as HttpRouter from "effect/http/HttpRouter"

/** A request as a listener has it, before it is one of Effect's. */
export interface ListenedRequest {
  readonly method: string
  /** The whole address, as it was sent. */
  readonly url: string
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  readonly remoteAddress: string | undefined
  /** The host's own request, which the routes see as `source`. */
  readonly source: object
}

/** An answer to write as it is. */
export interface WrittenAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | number>>
  /** Undefined for none. */
  readonly body: Uint8Array | undefined
}

/** An answer with its tag, as its route gives it. */
export interface TaggedAnswer {
  readonly source: object
  readonly bytes: Uint8Array
  readonly contentType: string
  readonly tag: string
  readonly notes: CacheNotes | undefined
  readonly principal: Principal | undefined
  readonly route: HttpRouter.Route<unknown, unknown> | undefined
}

/** What is known of an answer beside what it is made of. */
export interface AnswerToKeep extends TaggedAnswer {
  readonly operation: string
  /** By the wall clock, from when and until when it is the answer, in milliseconds since 1970. */
  readonly fromMillis: number
  readonly untilMillis: number
  /** What is done whenever it is given. */
  readonly again: Effect.Effect<void>
}

/** An answer that is kept. */
export interface KeptAnswer
  extends Pick<
    AnswerToKeep,
    "again" | "bytes" | "contentType" | "fromMillis" | "operation" | "tag" | "untilMillis"
  > {
  readonly sources: ReadonlyArray<CopySource>
  readonly route: HttpRouter.Route<unknown, unknown>
  /** Its bytes as they were compressed, by the name of the encoding. */
  readonly encoded: Map<string, Uint8Array>
}

/** Looks whether a kept answer can be given, and gives it, or says that the routes have to. */
export type ShortWay = (
  request: ListenedRequest,
  kept: KeptAnswer,
  answered: (answer: WrittenAnswer | undefined) => boolean
) => boolean

/** How much is kept. */
export interface KeptAnswersOptions {
  /** The most bytes that answers take, with what they were made of, from 1,024 to 2^40: 67,108,864. */
  readonly bytesMax?: number | undefined
}

/** What an answer takes beside its bytes and texts: about what its objects take. */
const overheadBytes = 1_000

const sizeOf = ({ bytes, sources }: Pick<KeptAnswer, "bytes" | "sources">): number =>
  overheadBytes +
  // Room for the bytes once more, compressed.
  2 * bytes.length +
  sources.reduce((sum, { key, text }) => sum + 2 * (key.length + (text?.length ?? 0)), 0)

/** What makes the answer to a request another than that to a plain one. */
const tellingHeaders = [
  ...["authorization", "cache-control", "if-min-version", "holdfast-cart", "origin"],
  ...["transfer-encoding", "expect", "if-match"]
] as const

const isPlain = ({ headers }: ListenedRequest): boolean => {
  for (const name of tellingHeaders) if (headers[name] !== undefined) return false
  const { host, "content-length": length } = headers
  return (length === undefined || length === "0") && host?.includes(",") !== true
}

/** Answers to GET, by the address that they answer. */
export class KeptAnswers {
  private readonly kept = new Map<string, KeptAnswer>()

  /** The addresses of plain requests that the routes are answering, by the host's own requests. */
  private readonly asked = new WeakMap<object, string>()

  private readonly bytesMax: number

  private bytes = 0

  private way: ShortWay | undefined

  private isTaken = false

  constructor({ bytesMax = 64 * 1_024 * 1_024 }: KeptAnswersOptions = {}) {
    if (!Number.isInteger(bytesMax) || bytesMax < 1_024 || bytesMax > 2 ** 40) {
      const message = "must be a whole number from 1024 to 2^40"
      throw new HoldfastError("InvalidInput", { issues: [{ path: "options.bytesMax", message }] })
    }
    this.bytesMax = bytesMax
  }

  /** How many answers are kept, and how many bytes they take. */
  get size(): { readonly answers: number; readonly bytes: number } {
    return { answers: this.kept.size, bytes: this.bytes }
  }

  /** Makes them those of one handler, until `release`: answers of another one have the same addresses. */
  claim(): void {
    if (this.isTaken) {
      const message = "belongs to another handler; give each one its own"
      throw new HoldfastError("InvalidInput", {
        issues: [{ path: "options.keptAnswers", message }]
      })
    }
    this.isTaken = true
  }

  /** They may be those of another handler. */
  release(): void {
    this.isTaken = false
  }

  /** From now on requests may be answered, until `close`. */
  open(way: ShortWay): void {
    this.way = way
  }

  /** Nothing is answered any more, and nothing kept. */
  close(): void {
    this.way = undefined
    this.kept.clear()
    this.bytes = 0
  }

  /**
   * Takes a request that it may be able to answer. `answered` is called once: with the answer, or with undefined
   * when the routes have to answer after all; it says whether the answer could be written. False for a request that is not taken.
   */
  take(
    request: ListenedRequest,
    answered: (answer: WrittenAnswer | undefined) => boolean
  ): boolean {
    const { way } = this
    if (way === undefined || request.method !== "GET" || !isPlain(request)) return false
    const { source, url } = request
    this.asked.set(source, url)
    const found = this.kept.get(url)
    if (found === undefined) return false
    const now = Date.now()
    if (now < found.fromMillis || now >= found.untilMillis) return false
    return way(request, found, (answer) => {
      // Asked for last, it goes last; unless another one was kept in its place meanwhile.
      if (answer !== undefined && this.kept.get(url) === found) {
        this.kept.delete(url)
        this.kept.set(url, found)
      }
      return answered(answer)
    })
  }

  /** Whether the answer to a request may be kept. */
  mayKeep(source: object): boolean {
    return this.asked.has(source)
  }

  /** Keeps an answer that was made of copies alone, where nobody is asked who they are. */
  keep({ notes, principal, route, source, ...answer }: AnswerToKeep): void {
    const url = this.asked.get(source)
    const sources = notes?.sources?.whole ?? []
    if (this.way === undefined || url === undefined || route === undefined) return
    if (sources.length === 0 || principal !== undefined) return
    const { again, bytes, contentType, fromMillis, operation, tag, untilMillis } = answer
    const kept: KeptAnswer = {
      ...{ again, bytes, contentType, fromMillis, operation, tag, untilMillis },
      ...{ route, sources, encoded: new Map() }
    }
    this.drop(url)
    this.kept.set(url, kept)
    this.bytes += sizeOf(kept)
    for (const oldest of this.kept.keys()) {
      if (this.bytes <= this.bytesMax) break
      this.drop(oldest)
    }
  }

  private drop(url: string): void {
    const found = this.kept.get(url)
    if (found === undefined) return
    this.kept.delete(url)
    this.bytes -= sizeOf(found)
  }
}
