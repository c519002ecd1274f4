-- For wrk: asks for a page and a problem in turn, and checks that each answer is whole and of one state. Of the
-- states every third refuses everybody; the others let everybody in.

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init()
  admitted, refused, wrong, last = 0, 0, 0, 0
  example = "none"
  turns = {
    wrk.format("GET", "/", { ["Accept"] = "text/html" }),
    wrk.format("GET", "/api/orders", { ["Accept"] = "application/json" }),
  }
  turn = 1
end

function request()
  turn = 3 - turn
  return turns[turn]
end

local function is_refusal(headers, body)
  local revision = (headers["intermission"] or ""):match("^refused;revision=(%d+)$")
  if not revision or revision % 3 ~= 0 or tonumber(headers["content-length"]) ~= #body then
    return false
  end
  revision = tonumber(revision)
  local page = body:find("<p>state " .. revision .. "</p>", 1, true)
    and body:find("<dd>" .. revision .. "</dd>", 1, true)
    and body:find("</html>\n$")
  local problem = body:find('"state ' .. revision .. '"', 1, true)
    and body:find('"revision":' .. revision, 1, true)
    and body:find("}$")
  -- A worker may lag behind the other, but not for seconds: a state lasts 50 ms.
  local stale = revision < last - 60
  last = math.max(last, revision)
  return (page or problem) and not stale
end

function response(status, headers, body)
  if status == 200 and body == "welcome" and not headers["intermission"] then
    admitted = admitted + 1
  elseif status == 503 and is_refusal(headers, body) then
    refused = refused + 1
  else
    wrong = wrong + 1
    example = status .. " " .. tostring(headers["intermission"]) .. " " .. body
  end
end

function done(summary)
  local admitted, refused, wrong, last = 0, 0, 0, 0
  for _, thread in ipairs(threads) do
    admitted = admitted + thread:get("admitted")
    refused = refused + thread:get("refused")
    wrong = wrong + thread:get("wrong")
    last = math.max(last, thread:get("last"))
    if thread:get("example") ~= "none" then
      io.stderr:write("wrong: " .. thread:get("example") .. "\n")
    end
  end
  local errors = summary.errors
  local broken = errors.connect + errors.read + errors.write + errors.timeout
  io.stderr:write(string.format("result %d %d %d %d %d\n", admitted, refused, wrong, broken, last))
end
