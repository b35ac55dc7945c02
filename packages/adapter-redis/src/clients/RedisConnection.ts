/**
 * What the adapter needs of a client of Redis, whichever it is. A promise of it may take as long as it
 * likes: who waits has a time-out of its own.
 */
import { createHash } from "node:crypto"

/** A script of Lua, which Redis runs in one step. */
export interface Script {
  readonly text: string
  /** By which Redis knows a script that it has run before. */
  readonly sha: string
}

/** Makes a script of its text. */
export const scriptOf = (text: string): Script => ({
  text,
  sha: createHash("sha1").update(text).digest("hex")
})

/** A client, connected or on the way to it. */
export interface RedisConnection {
  /** Where it goes, for people: hosts and ports, never a user or a password. */
  readonly where: string
  /** Whether keys are spread over servers, so that a script may name keys of one slot alone. */
  readonly isCluster: boolean
  /** Runs a script by its sha. Rejects with `NOSCRIPT` when Redis does not know it. */
  readonly runKnown: (
    script: Script,
    keys: ReadonlyArray<string>,
    args: ReadonlyArray<string>
  ) => Promise<unknown>
  /** Runs a script by its text. */
  readonly runText: (
    script: Script,
    keys: ReadonlyArray<string>,
    args: ReadonlyArray<string>
  ) => Promise<unknown>
  /**
   * Reads the texts of keys, and then runs a script that reads, of which the keys are the same; both are on
   * their way before either is answered, so that they cost one wait. Rejects as `runKnown` and `runText`
   * do, by whether the script is known. Undefined where a client may send the two to different servers, or
   * in another order: the answer of the script must not be older than the texts.
   */
  readonly readThenRun?:
    | ((
        keys: ReadonlyArray<string>,
        script: Script,
        isKnown: boolean
      ) => Promise<readonly [texts: unknown, reply: unknown]>)
    | undefined
  /** Sends a command without keys to each server that holds data; answers in no order. */
  readonly askAll: (command: ReadonlyArray<string>) => Promise<ReadonlyArray<unknown>>
  /** What the client last complained of, when it is not connected. */
  readonly complaint: () => unknown
  /** Ends a client that the adapter opened; leaves alone one of the host. */
  readonly close: () => Promise<void>
}
