/** The stage that a server has reached, for the parts that depend on it. */

/** The stages that other parts read. */
export interface ServerLife {
  /** Whether the server has reported that it is up. */
  isUp: boolean
  /** Whether the server was asked to stop and still serves until balancers have noticed. */
  isLeaving: boolean
  /** Aborts when the server was asked to stop, whether it leaves first or not. */
  readonly leaving: AbortController
}

/** The life of a server that is starting. */
export const makeServerLife = (): ServerLife => ({
  isUp: false,
  isLeaving: false,
  leaving: new AbortController()
})
