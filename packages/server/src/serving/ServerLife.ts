/** How far the life of a server has come, for those of its parts that behave accordingly. */

/** The stages that others ask for. */
export interface ServerLife {
  /** Whether it has said that it is up. */
  isUp: boolean
  /** Whether it was asked to stop, and still serves until balancers have noticed. */
  isLeaving: boolean
}

/** The life of a server that starts. */
export const makeServerLife = (): ServerLife => ({ isUp: false, isLeaving: false })
