-- Each request is the next person's, from an address of their own, as behind a proxy.
local requests, at = {}, 0

function init(args)
  for token in io.lines(args[1]) do
    local number = #requests
    wrk.headers["Authorization"] = "Bearer " .. token
    wrk.headers["X-Forwarded-For"] = string.format(
      "10.%d.%d.%d", math.floor(number / 65536), math.floor(number / 256) % 256, number % 256)
    requests[number + 1] = wrk.format()
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"per_second": %f, "p99_ms": %f, "requests": %d, "failed": %d}\n',
    summary.requests / summary.duration * 1e6, latency:percentile(99) / 1000, summary.requests,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
