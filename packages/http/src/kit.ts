/** The problems of the API for routes of a context of your own. */

export { answerFor, problemOfRefusal, type RefusalKinds, storeProblem } from "./kit/Problem.ts"
export { problemResponse } from "./kit/problemResponse.ts"
