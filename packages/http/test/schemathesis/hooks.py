"""What no JSON Schema can say: a cursor is one that a page gave, what happened is not in the future,
and a transfer goes to another place than it comes from."""

import schemathesis


@schemathesis.hook
def map_query(ctx, query):
    return {name: value for name, value in query.items() if name != "cursor"} if query else query


@schemathesis.hook
def map_body(ctx, body):
    if not isinstance(body, dict):
        return body
    happened = body.get("occurredAt")
    if isinstance(happened, str) and happened[:4] > "2020":
        body = {**body, "occurredAt": "2020" + happened[4:]}
    if "toLocationId" in body and body.get("toLocationId") == body.get("fromLocationId"):
        body = {**body, "toLocationId": "elsewhere"}
    return body
