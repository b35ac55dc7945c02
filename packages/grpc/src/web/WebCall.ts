/**
 * A call of gRPC-Web in the shape that the handlers know from grpc-js, so that a browser is let in,
 * limited and answered by the same code.
 */
import { EventEmitter } from "node:events"
import type { IncomingMessage } from "node:http"
import type { Message } from "@bufbuild/protobuf"
import type { HandlerContext } from "@connectrpc/connect"
import { Metadata } from "@grpc/grpc-js"
import type { asSent } from "../serving/callLog.ts"
import type { SentCall } from "../serving/calls.ts"

/** How a call fails, as grpc-js takes it. */
export type Failure = ReturnType<typeof asSent>

interface WithCertificate {
  readonly authorized?: boolean
  readonly getPeerX509Certificate?: () => { readonly raw: Buffer } | undefined
}

/** The call. What its reader has not taken yet waits here; a stream writes no more meanwhile. */
export class WebCall extends EventEmitter {
  readonly request: Message
  readonly metadata: Metadata
  cancelled = false
  private readonly sent: IncomingMessage
  private readonly context: HandlerContext
  private readonly waiting: Array<Message> = []
  private isOver = false
  private failure: Failure | undefined
  private wake: (() => void) | undefined

  constructor(request: Message, sent: IncomingMessage, context: HandlerContext) {
    super()
    this.request = request
    this.sent = sent
    this.context = context
    this.metadata = Metadata.fromHttp2Headers(sent.headers)
    context.signal.addEventListener("abort", () => this.cancel(), { once: true })
    this.on("error", (failure) => {
      this.failure = failure as unknown as Failure
      this.end()
    })
  }

  /** The call as the handlers take it. */
  get asSent(): SentCall {
    return this as unknown as SentCall
  }

  /** The client has given it up, or its time is over. */
  cancel(): void {
    if (this.cancelled || this.isOver) return
    this.cancelled = true
    this.emit("cancelled")
    this.wake?.()
  }

  getHost(): string {
    return this.sent.headers.host ?? ""
  }

  getPath(): string {
    return `/${this.context.service.typeName}/${this.context.method.name}`
  }

  getPeer(): string {
    const { remoteAddress = "", remotePort = 0 } = this.sent.socket
    return `${remoteAddress.includes(":") ? `[${remoteAddress}]` : remoteAddress}:${remotePort}`
  }

  getAuthContext(): { readonly sslPeerCertificate?: { readonly raw: Buffer } } {
    const socket = this.sent.socket as WithCertificate
    const certificate = socket.authorized === true ? socket.getPeerX509Certificate?.() : undefined
    return certificate === undefined ? {} : { sslPeerCertificate: certificate }
  }

  sendMetadata(head: Metadata): void {
    for (const [name, value] of Object.entries(head.getMap())) {
      this.context.responseHeader.set(name, String(value))
    }
  }

  write(message: Message): boolean {
    this.waiting.push(message)
    this.wake?.()
    return false
  }

  end(): void {
    this.isOver = true
    this.wake?.()
  }

  /** What is written, until the end; throws what the call failed with. */
  async *messages(): AsyncGenerator<Message, void, undefined> {
    try {
      while (!this.cancelled) {
        const message = this.waiting.shift()
        if (message !== undefined) {
          yield message
          if (this.waiting.length === 0) this.emit("drain")
        } else if (this.failure !== undefined) throw this.failure
        else if (this.isOver) return
        else {
          await new Promise<void>((resolve) => {
            this.wake = resolve
          })
        }
      }
    } finally {
      this.cancel()
    }
  }
}
