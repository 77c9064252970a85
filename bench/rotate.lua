-- wrk: goes round the requests in a file, one a line: method, path, header and body, parted by tabs.
-- Says at the end, on one line: requests, microseconds, failures, and the latencies' median and 99th percentile.

local requests, turn = {}, 0

function init(args)
  for line in io.lines(args[1]) do
    local method, path, name, value, body = line:match("^(.-)\t(.-)\t(.-): (.-)\t(.*)$")
    local headers = { [name] = value, ["X-Forwarded-Proto"] = "https" }
    if body == "" then body = nil else headers["Content-Type"] = "application/json" end
    requests[#requests + 1] = wrk.format(method, path, headers, body)
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests, summary.duration,
    e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50), latency:percentile(99)))
end
