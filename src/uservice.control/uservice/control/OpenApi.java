package uservice.control;

/// The description of the control port for machines, as `GET /` gives it: OpenAPI 3.1.
final class OpenApi {
  private OpenApi() {}

  static final String TEXT = """
      {
        "openapi": "3.1.0",
        "info": {
          "title": "uservice control port",
          "version": "1",
          "summary": "Probes, metrics, logs and an orderly stop for programs in any language.",
          "description": "Its address is in USERVICE_CONTROL. Where USERVICE_CONTROL_TOKEN is set, each request has it as a bearer token. A request that a browser sends, one with another Host than a loopback one (where the port is on loopback), and more than control.rate requests a second are turned away. Every error is a problem (RFC 9457) that says what would be right."
        },
        "servers": [{"url": "http://127.0.0.1:8078"}],
        "security": [{}, {"token": []}],
        "paths": {
          "/": {
            "get": {
              "operationId": "describe", "summary": "This description.",
              "responses": {"200": {"description": "OpenAPI 3.1.", "content": {"application/json": {"schema": {"type": "object"}}}}, "default": {"$ref": "#/components/responses/Problem"}}
            }
          },
          "/checks": {
            "get": {
              "operationId": "listChecks", "summary": "The checks that were put.",
              "responses": {
                "200": {"description": "All of them.", "content": {"application/json": {"schema": {
                  "type": "object", "required": ["checks"], "properties": {"checks": {"type": "array", "items": {"$ref": "#/components/schemas/Check"}}}}}}},
                "default": {"$ref": "#/components/responses/Problem"}
              }
            }
          },
          "/checks/{name}": {
            "parameters": [{"$ref": "#/components/parameters/Name"}],
            "get": {
              "operationId": "showCheck", "summary": "One check as it stands.",
              "responses": {"200": {"$ref": "#/components/responses/Check"}, "404": {"$ref": "#/components/responses/Problem"}, "default": {"$ref": "#/components/responses/Problem"}}
            },
            "put": {
              "operationId": "putCheck", "summary": "Adds a check, or sets it. With a ttl it must be kicked, or put again, within that time.",
              "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/PutCheck"}}}},
              "responses": {
                "200": {"$ref": "#/components/responses/Check"}, "201": {"$ref": "#/components/responses/Check"},
                "400": {"$ref": "#/components/responses/Problem"}, "409": {"$ref": "#/components/responses/Problem"}, "default": {"$ref": "#/components/responses/Problem"}
              }
            },
            "delete": {
              "operationId": "removeCheck", "summary": "Takes a check away.",
              "responses": {"204": {"description": "It is gone."}, "404": {"$ref": "#/components/responses/Problem"}, "default": {"$ref": "#/components/responses/Problem"}}
            }
          },
          "/checks/{name}/kick": {
            "parameters": [{"$ref": "#/components/parameters/Name"}],
            "post": {
              "operationId": "kickCheck", "summary": "Tells that all is well, for the check's time to live.",
              "responses": {"200": {"$ref": "#/components/responses/Check"}, "404": {"$ref": "#/components/responses/Problem"}, "409": {"$ref": "#/components/responses/Problem"}, "default": {"$ref": "#/components/responses/Problem"}}
            }
          },
          "/checks/{name}/enable": {
            "parameters": [{"$ref": "#/components/parameters/Name"}],
            "post": {
              "operationId": "enableCheck", "summary": "Makes a check valid.",
              "responses": {"200": {"$ref": "#/components/responses/Check"}, "404": {"$ref": "#/components/responses/Problem"}, "default": {"$ref": "#/components/responses/Problem"}}
            }
          },
          "/checks/{name}/disable": {
            "parameters": [{"$ref": "#/components/parameters/Name"}],
            "post": {
              "operationId": "disableCheck", "summary": "Makes a check invalid, until it is enabled or put as valid, whoever kicks it.",
              "requestBody": {"content": {"application/json": {"schema": {
                "type": "object", "additionalProperties": false, "properties": {"message": {"type": "string", "maxLength": 500}}}}}},
              "responses": {"200": {"$ref": "#/components/responses/Check"}, "404": {"$ref": "#/components/responses/Problem"}, "default": {"$ref": "#/components/responses/Problem"}}
            }
          },
          "/shutdown": {
            "parameters": [{"$ref": "#/components/parameters/Wait"}],
            "get": {
              "operationId": "awaitShutdown", "summary": "Whether the stop has begun. With wait it answers when it begins, at the latest after that time: the shutdown callback.",
              "responses": {"200": {"$ref": "#/components/responses/Shutdown"}, "503": {"$ref": "#/components/responses/Problem"}, "default": {"$ref": "#/components/responses/Problem"}}
            },
            "post": {
              "operationId": "shutDown", "summary": "Begins the stop. With wait it answers when the last stop action has run, at the latest after that time.",
              "requestBody": {"content": {"application/json": {"schema": {
                "type": "object", "additionalProperties": false, "properties": {"reason": {"type": "string"}}}}}},
              "responses": {
                "200": {"$ref": "#/components/responses/Shutdown"}, "202": {"$ref": "#/components/responses/Shutdown"},
                "503": {"$ref": "#/components/responses/Problem"}, "default": {"$ref": "#/components/responses/Problem"}
              }
            }
          },
          "/metrics": {
            "post": {
              "operationId": "postMetrics", "summary": "Numbers for the scrape: as JSON what changed, as text in Prometheus' format how things stand. All of them are taken, or none.",
              "requestBody": {"required": true, "content": {
                "application/json": {"schema": {"oneOf": [{"$ref": "#/components/schemas/Change"}, {"type": "array", "items": {"$ref": "#/components/schemas/Change"}}]}},
                "text/plain": {"schema": {"type": "string"}, "example": "# TYPE orders_total counter\\norders_total{shelf=\\"7\\"} 12\\n"}
              }},
              "responses": {"204": {"description": "Taken."}, "400": {"$ref": "#/components/responses/Problem"}, "409": {"$ref": "#/components/responses/Problem"}, "default": {"$ref": "#/components/responses/Problem"}}
            }
          },
          "/metrics/{name}": {
            "parameters": [{"$ref": "#/components/parameters/Name"}],
            "delete": {
              "operationId": "removeMetric", "summary": "Forgets a metric that was posted, and its series.",
              "responses": {"204": {"description": "It is gone."}, "404": {"$ref": "#/components/responses/Problem"}, "default": {"$ref": "#/components/responses/Problem"}}
            }
          },
          "/logs": {
            "post": {
              "operationId": "postLogs", "summary": "Log lines, which come out as the service's own do: one, an array of them, or one object a line. All of them are taken, or none.",
              "requestBody": {"required": true, "content": {
                "application/json": {"schema": {"oneOf": [{"$ref": "#/components/schemas/Line"}, {"type": "array", "items": {"$ref": "#/components/schemas/Line"}}]}},
                "application/x-ndjson": {"schema": {"type": "string"}}
              }},
              "responses": {"204": {"description": "Taken."}, "400": {"$ref": "#/components/responses/Problem"}, "default": {"$ref": "#/components/responses/Problem"}}
            }
          },
          "/log": {
            "get": {
              "operationId": "listLevels", "summary": "The levels that were set here.",
              "responses": {
                "200": {"description": "Levels by logger.", "content": {"application/json": {"schema": {
                  "type": "object", "required": ["levels"], "properties": {"levels": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Level"}}}}}}},
                "default": {"$ref": "#/components/responses/Problem"}
              }
            }
          },
          "/log/{logger}": {
            "parameters": [{"name": "logger", "in": "path", "required": true, "description": "A logger's name; root is all of them.", "schema": {"$ref": "#/components/schemas/Name"}}],
            "put": {
              "operationId": "setLevel", "summary": "Sets the least level of a logger and those below it, until the configuration is read anew.",
              "requestBody": {"required": true, "content": {"application/json": {"schema": {
                "type": "object", "additionalProperties": false, "required": ["level"], "properties": {"level": {"$ref": "#/components/schemas/Level"}}}}}},
              "responses": {
                "200": {"description": "Set.", "content": {"application/json": {"schema": {
                  "type": "object", "properties": {"logger": {"type": "string"}, "level": {"$ref": "#/components/schemas/Level"}}}}}},
                "400": {"$ref": "#/components/responses/Problem"}, "409": {"$ref": "#/components/responses/Problem"}, "default": {"$ref": "#/components/responses/Problem"}
              }
            },
            "delete": {
              "operationId": "resetLevel", "summary": "Gives a logger the level of the configuration again.",
              "responses": {"204": {"description": "As configured."}, "404": {"$ref": "#/components/responses/Problem"}, "default": {"$ref": "#/components/responses/Problem"}}
            }
          }
        },
        "components": {
          "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "control.token, where it is set."}},
          "parameters": {
            "Name": {"name": "name", "in": "path", "required": true, "schema": {"$ref": "#/components/schemas/Name"}},
            "Wait": {"name": "wait", "in": "query", "allowEmptyValue": true, "description": "How long at most, such as 30s (which it is without a value); up to 5m.", "schema": {"type": "string"}}
          },
          "responses": {
            "Check": {"description": "The check as it stands.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Check"}}}},
            "Shutdown": {"description": "How it stands.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Shutdown"}}}},
            "Problem": {"description": "What was wrong, and what would be right.", "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
          },
          "schemas": {
            "Name": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,100}$"},
            "Probes": {"type": "array", "minItems": 1, "items": {"enum": ["alive", "ready", "startup"]}},
            "Level": {"enum": ["trace", "debug", "info", "warn", "error", "off"]},
            "PutCheck": {
              "type": "object", "additionalProperties": false,
              "properties": {
                "valid": {"type": "boolean", "default": true},
                "for": {"$ref": "#/components/schemas/Probes", "default": ["ready"]},
                "ttl": {"type": "string", "examples": ["5s", "500ms", "1m30s"]},
                "message": {"type": "string", "maxLength": 500},
                "optional": {"type": "boolean", "default": false, "description": "Whether the verdict stays when this check fails."}
              }
            },
            "Check": {
              "type": "object", "required": ["name", "for", "optional", "valid", "message", "since", "age_ms"],
              "properties": {
                "name": {"$ref": "#/components/schemas/Name"}, "for": {"$ref": "#/components/schemas/Probes"}, "ttl": {"type": "string"}, "optional": {"type": "boolean"},
                "valid": {"type": "boolean"}, "message": {"type": "string"}, "since": {"type": "string", "format": "date-time"}, "age_ms": {"type": "integer"}
              }
            },
            "Shutdown": {
              "type": "object", "required": ["stopping", "state", "reason"],
              "properties": {"stopping": {"type": "boolean"}, "state": {"enum": ["starting", "ready", "draining", "stopping", "stopped"]}, "reason": {"type": "string"}}
            },
            "Change": {
              "type": "object", "additionalProperties": false, "required": ["name"],
              "properties": {
                "name": {"type": "string", "maxLength": 200}, "type": {"enum": ["counter", "gauge", "histogram"]}, "help": {"type": "string"},
                "labels": {"type": "object", "maxProperties": 20, "additionalProperties": {"type": ["string", "number", "boolean"]}},
                "add": {"type": "number"}, "set": {"type": "number"},
                "observe": {"oneOf": [{"type": "number"}, {"type": "array", "items": {"type": "number"}}]},
                "buckets": {"type": "array", "maxItems": 100, "items": {"type": "number"}}
              }
            },
            "Line": {
              "type": "object", "required": ["message"],
              "properties": {
                "message": {"type": "string"}, "logger": {"$ref": "#/components/schemas/Name"},
                "level": {"type": "string", "description": "trace, debug, info (also notice), warn (warning), error (fatal, critical); in any case of letters.", "default": "info"}
              }
            },
            "Problem": {
              "type": "object", "required": ["type", "title", "status"],
              "properties": {"type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"}, "instance": {"type": "string"}}
            }
          }
        }
      }
      """;
}
