/**
 * How ioredis opens sockets, with an ear for every error of one. ioredis hears the first alone. A socket
 * of TLS that is closed while the two shake hands reports a second, when the server complains, and an
 * error that nobody hears ends the process.
 */
import type { Socket } from "node:net"
import {
  type AbstractConnector,
  type SentinelConnectionOptions,
  SentinelConnector,
  type StandaloneConnectionOptions
} from "ioredis"
import { StandaloneConnector } from "ioredis/built/connectors/index.js"

type Emit = Parameters<AbstractConnector["connect"]>[0]

const hearAll = <S extends Socket>(socket: S): S => socket.on("error", () => undefined)

/** Opens a socket to a server, alone or of a cluster. */
export class SteadyConnector extends StandaloneConnector {
  constructor(options: unknown) {
    super(options as StandaloneConnectionOptions & { disconnectTimeout: number })
  }

  override async connect(emit: Emit) {
    return hearAll(await super.connect(emit))
  }
}

/** Opens a socket to the server that sentinels name. */
export class SteadySentinelConnector extends SentinelConnector {
  constructor(options: unknown) {
    super(options as SentinelConnectionOptions & { disconnectTimeout: number })
  }

  override async connect(emit: Emit) {
    return hearAll(await super.connect(emit))
  }
}
