// Waiting for a server to be gone.
import { connect } from "node:net"

/** Resolved when nobody listens on the port any more. */
export const silence = async (port: number): Promise<void> => {
  const refused = await new Promise<boolean>((resolve) => {
    const socket = connect(port, "127.0.0.1")
    socket.once("error", () => resolve(true))
    socket.once("connect", () => socket.once("close", () => resolve(false)))
  })
  if (!refused) await silence(port)
}
