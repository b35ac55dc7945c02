/** Answers an error of Holdfast with the problem and status that the REST API would answer with. */
import { problemFor } from "@holdfast/http"
import { type ArgumentsHost, Catch, type HttpServer } from "@nestjs/common"
import { BaseExceptionFilter } from "@nestjs/core"

/** What is no error of Holdfast is answered by Nest, as without this filter. */
@Catch()
export class RefusalFilter extends BaseExceptionFilter {
  // Of Express or of Fastify: it knows how to send an answer.
  private readonly http: HttpServer

  constructor(http: HttpServer) {
    super(http)
    this.http = http
  }

  override catch(error: unknown, host: ArgumentsHost): void {
    const answer = problemFor(error)
    if (answer === undefined) return super.catch(error, host)
    const response = host.switchToHttp().getResponse()
    for (const [name, value] of Object.entries(answer.headers)) {
      this.http.setHeader?.(response, name, value)
    }
    this.http.reply(response, JSON.stringify(answer.body), answer.status)
  }
}
