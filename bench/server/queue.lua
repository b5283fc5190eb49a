-- A queue that never runs empty: it hands out new messages by either SQS protocol, without delay, and
-- counts the deleted ones. See bench/README.md. There is one worker, so plain variables suffice.

local queue = { left = 0, next = 0, given = 0, deleted = 0, repeated = 0, run = 0, gone = {},
  delay = 0, requests = 0 }
local bodies = {} -- { xml, json, md5 } of each body
local format, concat, now = string.format, table.concat, ngx.now

local XML = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }

-- Read the bodies, which are used in turn, from a file with one a line.
function queue.load(path)
  for text in io.lines(path) do
    bodies[#bodies + 1] = {
      (text:gsub('[&<>"]', XML)),
      (text:gsub('["\\]', "\\%0")),
      ngx.md5(text),
    }
  end
end

-- A handle as from AWS: about 200 characters, here after the number of the message.
local TAIL = ("AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a"):rep(6):sub(1, 184)

local function handle_of(number)
  return format("%d-%d-%s", queue.run, number, TAIL)
end

local function id_of(number)
  return format("%08x-0000-4000-8000-%012x", queue.run, number)
end

local function sent_ms()
  return format("%.0f", now() * 1000)
end

-- Take up to `count` messages, after a wait of at most `wait` seconds for the first.
local function take(count, wait)
  local until_ = now() + wait
  while queue.left == 0 and now() < until_ do
    ngx.sleep(0.005)
  end
  if count > queue.left then
    count = queue.left
  end
  local first = queue.next
  queue.next = first + count
  queue.left = queue.left - count
  queue.given = queue.given + count
  if count > 0 and not queue.began then
    queue.began = now()
  end
  return first, count
end

-- Delete by the number of the message; handles of an earlier run do not count.
local function delete(handle)
  local run, number = handle:match("^(%d+)-(%d+)-")
  if tonumber(run) ~= queue.run then
    return
  end
  if queue.gone[number] then
    queue.repeated = queue.repeated + 1
    return
  end
  queue.gone[number] = true
  queue.deleted = queue.deleted + 1
  ngx.update_time()
  queue.ended = now()
end

-- ---- the query protocol ----------------------------------------------------------------------

local ATTRIBUTE = "<Attribute><Name>%s</Name><Value>%s</Value></Attribute>"

local function query_receive(form)
  local first, count = take(tonumber(form.MaxNumberOfMessages or 1), tonumber(form.WaitTimeSeconds or 0))
  local out, at, ms = { "<ReceiveMessageResponse><ReceiveMessageResult>" }, 1, sent_ms()
  local attributes = format(ATTRIBUTE, "SentTimestamp", ms)
    .. format(ATTRIBUTE, "ApproximateFirstReceiveTimestamp", ms)
    .. format(ATTRIBUTE, "ApproximateReceiveCount", "1")
  for number = first, first + count - 1 do
    local body = bodies[number % #bodies + 1]
    at = at + 1
    out[at] = format(
      "<Message><MessageId>%s</MessageId><ReceiptHandle>%s</ReceiptHandle><MD5OfBody>%s</MD5OfBody><Body>%s</Body>%s</Message>",
      id_of(number), handle_of(number), body[3], body[1], attributes)
  end
  out[at + 1] = "</ReceiveMessageResult><ResponseMetadata><RequestId>0</RequestId></ResponseMetadata></ReceiveMessageResponse>"
  return concat(out)
end

local function query_batch(form, action, each)
  local out, at = { format("<%sResponse><%sResult>", action, action) }, 1
  for i = 1, 10 do
    local prefix = format("%sRequestEntry.%d.", action, i)
    local handle = form[prefix .. "ReceiptHandle"]
    if not handle then
      break
    end
    each(handle)
    at = at + 1
    out[at] = format("<%sResultEntry><Id>%s</Id></%sResultEntry>", action, form[prefix .. "Id"], action)
  end
  out[at + 1] = format("</%sResult></%sResponse>", action, action)
  return concat(out)
end

local function ignore() end

local query = {
  ReceiveMessage = query_receive,
  DeleteMessage = function(form)
    delete(form.ReceiptHandle)
    return "<DeleteMessageResponse/>"
  end,
  DeleteMessageBatch = function(form)
    return query_batch(form, "DeleteMessageBatch", delete)
  end,
  ChangeMessageVisibilityBatch = function(form)
    return query_batch(form, "ChangeMessageVisibilityBatch", ignore)
  end,
  GetQueueUrl = function()
    return format("<GetQueueUrlResponse><GetQueueUrlResult><QueueUrl>%s</QueueUrl></GetQueueUrlResult></GetQueueUrlResponse>", queue.url)
  end,
  GetQueueAttributes = function()
    return "<GetQueueAttributesResponse><GetQueueAttributesResult><Attribute><Name>VisibilityTimeout</Name><Value>300</Value></Attribute></GetQueueAttributesResult></GetQueueAttributesResponse>"
  end,
}

-- ---- AWS JSON 1.0 ----------------------------------------------------------------------------

local function number_in(request, name)
  return tonumber(request:match('"' .. name .. '"%s*:%s*(%d+)'))
end

local function json_receive(request)
  local first, count = take(number_in(request, "MaxNumberOfMessages") or 1, number_in(request, "WaitTimeSeconds") or 0)
  if count == 0 then
    return "{}"
  end
  local out, ms = {}, sent_ms()
  for number = first, first + count - 1 do
    local body = bodies[number % #bodies + 1]
    out[#out + 1] = format(
      '{"MessageId":"%s","ReceiptHandle":"%s","MD5OfBody":"%s","Body":"%s","Attributes":{"SentTimestamp":"%s","ApproximateFirstReceiveTimestamp":"%s","ApproximateReceiveCount":"1"}}',
      id_of(number), handle_of(number), body[3], body[2], ms, ms)
  end
  return '{"Messages":[' .. concat(out, ",") .. "]}"
end

-- Each entry holds an id and a handle, in either order, without an escape.
local function json_batch(request, each)
  local out = {}
  for entry in request:gmatch("{([^{}]*)}") do
    local id, handle = entry:match('"Id"%s*:%s*"([^"]*)"'), entry:match('"ReceiptHandle"%s*:%s*"([^"]*)"')
    if id and handle then
      each(handle)
      out[#out + 1] = format('{"Id":"%s"}', id)
    end
  end
  return '{"Successful":[' .. concat(out, ",") .. '],"Failed":[]}'
end

local json = {
  ReceiveMessage = json_receive,
  DeleteMessage = function(request)
    delete(request:match('"ReceiptHandle"%s*:%s*"([^"]*)"'))
    return "{}"
  end,
  DeleteMessageBatch = function(request)
    return json_batch(request, delete)
  end,
  ChangeMessageVisibilityBatch = function(request)
    return json_batch(request, ignore)
  end,
  GetQueueUrl = function()
    return format('{"QueueUrl":"%s"}', queue.url)
  end,
  GetQueueAttributes = function()
    return '{"Attributes":{"VisibilityTimeout":"300"}}'
  end,
}

-- ---- requests --------------------------------------------------------------------------------

function queue.answer()
  ngx.req.read_body()
  queue.requests = queue.requests + 1
  if queue.delay > 0 then
    ngx.sleep(queue.delay)
  end
  queue.url = ngx.var.scheme .. "://" .. ngx.var.http_host .. "/000000000000/bench"
  local target = ngx.var.http_x_amz_target
  local action = target and json[target:match("%.(%w+)$")]
  local answer
  if action then
    ngx.header["Content-Type"] = "application/x-amz-json-1.0"
    answer = action(ngx.req.get_body_data() or "")
  elseif not target then
    local form = ngx.req.get_post_args(200)
    action = query[form.Action]
    ngx.header["Content-Type"] = "text/xml"
    answer = action and action(form)
  end
  if not answer then
    ngx.status = 400
    ngx.print("<ErrorResponse><Error><Code>InvalidAction</Code></Error></ErrorResponse>")
    return
  end
  ngx.header["Content-Length"] = #answer
  ngx.print(answer)
end

-- /reset?count=N&delay=MS: a new run, with a delay before each answer. /add?count=N: more messages.
-- /stats: the counts of the run, as JSON.
function queue.control()
  local arguments = ngx.req.get_uri_args()
  if ngx.var.uri == "/reset" then
    queue.run = queue.run + 1
    queue.next, queue.given, queue.deleted, queue.repeated, queue.gone = 0, 0, 0, 0, {}
    queue.left, queue.began, queue.ended = tonumber(arguments.count or 0), nil, nil
    queue.delay, queue.requests = tonumber(arguments.delay or 0) / 1000, 0
    collectgarbage()
  elseif ngx.var.uri == "/delay" then
    queue.delay = tonumber(arguments.ms) / 1000
  elseif ngx.var.uri == "/add" then
    queue.left = queue.left + tonumber(arguments.count)
  end
  ngx.update_time()
  ngx.print(format('{"now":%.3f,"given":%d,"deleted":%d,"repeated":%d,"requests":%d,"seconds":%.3f,"ended":%.3f}\n', now(), queue.given,
    queue.deleted, queue.repeated, queue.requests, queue.ended and queue.ended - queue.began or 0, queue.ended or 0))
end

return queue
