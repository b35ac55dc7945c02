// Ties a child to the process that started it: when that ends, in whatever way, so does the child. A
// process that a signal ends cannot do this itself, and test runners end their workers by a signal.
// So a third process does it, which nobody signals and which learns of the end from its input.
import { type ChildProcess, spawn } from "node:child_process"
import type { Socket } from "node:net"

/** Ends when it is told that the child has ended, and else kills it when input ends. */
const guard = 'read -r word; [ "$word" = ended ] || kill -KILL "$0"'

/** The same, with what the child has started: such as the first process of a namespace, which ends all others there. */
const guardWithChildren =
  'read -r word; [ "$word" = ended ] || kill -KILL $(cat "/proc/$0/task/$0/children" 2>/dev/null) "$0"'

/** Kills the child when this process ends first, also a child that is stopped; answers with it. */
export const keepOnLeash = <Child extends ChildProcess>(
  child: Child,
  { withChildren = false }: { readonly withChildren?: boolean } = {}
): Child => {
  const { pid } = child
  // What could not be started has nothing to end.
  if (pid === undefined) return child
  // In a session of its own, so that Ctrl-C in a terminal is not for it.
  const leash = spawn("sh", ["-c", withChildren ? guardWithChildren : guard, String(pid)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"]
  })
  // It must not keep this process from ending.
  leash.unref()
  const input = leash.stdin as Socket
  input.unref()
  input.on("error", () => undefined)
  child.once("exit", () => input.end("ended\n"))
  return child
}
