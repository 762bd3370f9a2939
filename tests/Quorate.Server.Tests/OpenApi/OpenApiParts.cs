namespace Quorate.Server.Tests.OpenApi;

/// <summary>What of the OpenAPI document stands around every method and in no descriptor.</summary>
static class OpenApiParts
{
    internal const string Text =
        """
        {
          "problem": {
            "type": "object",
            "description": "What went wrong (RFC 9457). Programs act on code: docs/errors.md.",
            "properties": {
              "type": { "type": "string", "description": "urn:quorate:problem: and the code." },
              "title": { "type": "string" },
              "status": { "type": "integer", "minimum": 400, "maximum": 599 },
              "detail": { "type": "string", "description": "For people; not stable." },
              "code": { "type": "string", "pattern": "^[a-z0-9]+(_[a-z0-9]+)*$" },
              "requestId": { "type": "string", "description": "Names the request in the server's traces." },
              "retryable": { "type": "boolean", "description": "Whether the same may succeed later." },
              "errors": {
                "type": "array",
                "items": {
                  "type": "object",
                  "properties": {
                    "pointer": { "type": "string", "description": "Into the request (RFC 6901)." },
                    "code": { "type": "string" },
                    "message": { "type": "string" }
                  },
                  "required": ["pointer", "code", "message"]
                }
              }
            },
            "required": ["type", "title", "status", "detail", "code", "requestId", "retryable", "errors"]
          },
          "parameters": {
            "IdempotencyKey": {
              "name": "Idempotency-Key",
              "in": "header",
              "description": "The same for the same request, whenever it is sent again. Belongs to the API key and is kept for ever.",
              "schema": { "type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$" }
            },
            "IdempotencyKeyRequired": {
              "name": "Idempotency-Key",
              "in": "header",
              "required": true,
              "description": "The same for the same request, whenever it is sent again. Belongs to the API key and is kept for ever.",
              "schema": { "type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$" }
            },
            "IfMatch": {
              "name": "If-Match",
              "in": "header",
              "description": "The version that the change is meant for, as an ETag has it; * for any.",
              "schema": { "type": "string", "pattern": "^(\\*|\"[0-9]+\")$" }
            },
            "Prefer": {
              "name": "Prefer",
              "in": "header",
              "description": "wait=10, in seconds, up to 60 (RFC 7240): the answer waits until the transfer rests, until somebody has to approve it, the chain has confirmed it or it has ended.",
              "schema": { "type": "string", "examples": ["wait=10"] }
            },
            "LastEventId": {
              "name": "Last-Event-ID",
              "in": "header",
              "description": "The id of the last event that was seen: the stream goes on after it.",
              "schema": { "type": "string" }
            }
          },
          "headers": {
            "IdempotencyReplayed": { "description": "The answer is that of an earlier request with the key.", "schema": { "type": "string", "const": "true" } },
            "ETag": { "description": "The resource's version in quotation marks.", "schema": { "type": "string", "pattern": "^\"[0-9]+\"$" } },
            "RateLimitPolicy": { "description": "The limits that the call falls under (draft-ietf-httpapi-ratelimit-headers): quota q in w seconds.", "schema": { "type": "string" } },
            "RateLimit": { "description": "What is left of each (r), and the seconds until there is more (t).", "schema": { "type": "string" } },
            "PreferenceApplied": { "description": "The wait that was heeded.", "schema": { "type": "string", "pattern": "^wait=[0-9]{1,2}$" } },
            "RetryAfter": { "description": "Seconds.", "schema": { "type": "integer", "minimum": 0 } }
          },
          "securitySchemes": {
            "signature": {
              "type": "apiKey",
              "in": "header",
              "name": "Signature",
              "description": "Requests are signed by RFC 9421 with Ed25519 or ECDSA P-256, over at least @method, @path, @query and content-digest, and idempotency-key and if-match where they are there: docs/authentication.md."
            },
            "signatureInput": {
              "type": "apiKey",
              "in": "header",
              "name": "Signature-Input",
              "description": "What the signature covers, with created, keyid and nonce. The server's clock is at most 60 seconds away, and a nonce comes once."
            },
            "contentDigest": {
              "type": "apiKey",
              "in": "header",
              "name": "Content-Digest",
              "description": "sha-256 of the content as it is sent (RFC 9530), also where it is empty."
            }
          }
        }
        """;
}
