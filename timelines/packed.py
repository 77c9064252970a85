"""The Lua of packed id lists; `timelines.inbox` says what they are and is the only one to use it.

A list is one string: an 8-byte floor, then 8-byte big-endian ids, ascending. While it is being built the floor is
INFINITY (all ones), followed by the builder's 8-byte token, whose first byte is all ones too: it compares above every
id, and below every id as a number, so that either way a first delivery goes behind it.

Ids are compared as if their 8 bytes were a double's: positive doubles are in the order of their bits, so nothing is
lost, as it would be by converting (Lua's numbers are doubles). Bytes that stand for no number (INFINITY; cursors of the
last days of bigint, in 2095) are neither above nor below any. Lua's own comparison of strings follows the locale.

Numbers given to `redis.call` are strings where they can be: Redis prints each double with 17 digits, which costs as
much as the command. With both, and with `slip_in`, a list visited by DELIVER takes 12,000 instructions of Redis instead
of 19,000 in order, 23,000 instead of 86,000 between two of the newest; a raw APPEND takes 4,200 (callgrind, 3 ids a
visit). Since `slip_in` also merges ids that belong among several of the newest, a drain of 2,000 tweets of which every
fifth reader wrote one costs Redis 1.0 µs a delivery instead of 2.1.
"""

from stores.scripts import Script

INFINITY = b"\xff" * 8

_COMMON = r"""
local INFINITY = string.rep('\255', 8)

-- What the id at byte `at` is to be compared by.
local function rank(list, at) return struct.unpack('>d', list, at) end

-- The byte at which the first id greater than `id` stands, among those from byte `first` on; the end if there is none.
local function first_above(list, first, id)
  local low, high, wanted = 0, (#list - first + 1) / 8, rank(id, 1)
  while low < high do
    local middle = math.floor((low + high) / 2)
    if rank(list, first + middle * 8) > wanted then high = middle else low = middle + 1 end
  end
  return first + low * 8
end

-- The list with the id in its place, and that place; unchanged, and nil, when it is there already.
local function place(list, first, id)
  local at = first_above(list, first, id)
  if at > first and list:sub(at - 8, at - 1) == id then return list, nil end
  return list:sub(1, at - 1) .. id .. list:sub(at), at
end
"""

# KEYS: lists. ARGV: bytes of a full list, bytes of a half full one, then for each list the ids to add, ascending.
DELIVER = Script(
    _COMMON
    + r"""
local full, half = tonumber(ARGV[1]), tonumber(ARGV[2])

-- Two runs of ids as one, without repetition.
local function merged(ids, newer)
  local parts, at, size = {}, 1, #ids
  for i = 1, #newer, 8 do
    local from, bound = at, rank(newer, i)
    while at < size and rank(ids, at) < bound do at = at + 8 end
    parts[#parts + 1] = ids:sub(from, at - 1)
    parts[#parts + 1] = newer:sub(i, i + 7)
    if at < size and rank(ids, at) == bound then at = at + 8 end
  end
  return table.concat(parts) .. ids:sub(at)
end

-- Wherever in the list the ids belong; those that are not above its floor are PostgreSQL's.
local function insert(key, ids)
  local list, from = redis.call('GET', key), 1
  local building = list:sub(1, 8) == INFINITY
  while not building and from <= #ids and rank(ids, from) <= rank(list, 1) do from = from + 8 end
  if from > #ids then return #list end
  local first, id = building and 17 or 9, ids:sub(from, from + 7)
  local at = first_above(list, first, id)
  if at > first and list:sub(at - 8, at - 1) == id then at = at - 8 end
  local newer = list:sub(at)
  local together = merged(ids:sub(from), newer)
  if #together > #newer then redis.call('SETRANGE', key, at - 1, together) end
  return at - 1 + #together
end

-- For ids that do not all come behind the newest: a drain beside ours was quicker, or the reader has posted meanwhile.
-- They are put among the newest, mostly between two of them; what reaches further back is for `insert`.
local function slip_in(key, ids)
  local near, first = redis.call('GETRANGE', key, '-256', '-1'), rank(ids, 1)
  local at = #near - 7
  while at > 0 and rank(near, at) >= first do at = at - 8 end
  if at < 1 or not (rank(near, at) < first) then return insert(key, ids) end
  local newer = near:sub(at + 8)
  local together = rank(ids, #ids - 7) < rank(newer, 1) and ids .. newer or merged(ids, newer)
  return redis.call('SETRANGE', key, redis.call('STRLEN', key) - #newer, together)
end

-- Down to the newest half. SET gives the string just the memory it needs.
local function cut(key)
  if redis.call('GETRANGE', key, '0', '7') == INFINITY then return end
  redis.call('SET', key, redis.call('GETRANGE', key, -half, -1), 'KEEPTTL')
end

-- A list that grows past half gets memory for a full one, and not more: an append that does not fit doubles the string,
-- so the one to exactly half must not fit (allocators round up, therefore the quarter), and nothing after it needs to.
local function fit(key)
  local list, less = redis.call('GET', key), math.floor(half * 3 / 4)
  redis.call('SET', key, list:sub(1, less), 'KEEPTTL')
  redis.call('APPEND', key, list:sub(less + 1, half))
  redis.call('APPEND', key, list:sub(half + 1))
end

local call, unpack = redis.call, struct.unpack
local delivered = 0
for i = 1, #KEYS do
  local key, ids = KEYS[i], ARGV[i + 2]
  local newest = call('GETRANGE', key, '-8', '-1')
  if newest ~= '' then
    local size
    if unpack('>d', ids) > unpack('>d', newest) then
      size = call('APPEND', key, ids)
    else
      size = slip_in(key, ids)
    end
    if size > full then
      cut(key)
    elseif size > half and size - #ids <= half then
      fit(key)
    end
    delivered = delivered + #ids / 8
  end
end
return delivered
"""
)

# KEYS: a list [, ties, pulls]. ARGV: token, seconds. A finished list that lost one of the others is forgotten first.
BEGIN = Script(
    r"""
local floor = redis.call('GETRANGE', KEYS[1], '0', '7')
local complete = redis.call('EXISTS', unpack(KEYS)) == #KEYS
if floor ~= '' and (complete or floor == string.rep('\255', 8)) then return 0 end
redis.call('DEL', unpack(KEYS))
redis.call('SET', KEYS[1], string.rep('\255', 8) .. ARGV[1], 'EX', ARGV[2])
return 1
"""
)

# KEYS: a list [, ties, pulls]. ARGV: token, floor, ids, bytes of a half full list, seconds [, pulls, ties ...].
FINISH = Script(
    _COMMON
    + r"""
local building = redis.call('GET', KEYS[1])
if not building or building:sub(1, 16) ~= INFINITY .. ARGV[1] then return 0 end
local list, half = ARGV[2] .. ARGV[3], tonumber(ARGV[4])
for i = 17, #building, 8 do
  local id = building:sub(i, i + 7)
  if rank(id, 1) > rank(list, 1) then list = place(list, 9, id) end
end
if #list > half then list = list:sub(-half) end
redis.call('SET', KEYS[1], list, 'EX', ARGV[5])
if #KEYS == 3 then
  redis.call('DEL', KEYS[2])
  for i = 7, #ARGV, 1000 do redis.call('SADD', KEYS[2], unpack(ARGV, i, math.min(i + 999, #ARGV))) end
  redis.call('EXPIRE', KEYS[2], ARGV[5])
  redis.call('SET', KEYS[3], ARGV[6], 'EX', ARGV[5])
end
return 1
"""
)

# KEYS: a list [, ties, pulls]. ARGV: 'below' or 'above', an id or '', bytes wanted, seconds.
# Answers the floor down to which what follows is complete, ids ascending, and pulls; false for a cold list,
# the empty string for one being built.
READ = Script(
    _COMMON
    + r"""
local floor = redis.call('GETRANGE', KEYS[1], '0', '7')
if floor == '' then return false end
if floor == INFINITY then return '' end
local pulls = ''
if #KEYS == 3 then
  pulls = redis.call('GET', KEYS[3])
  if not pulls or redis.call('EXISTS', KEYS[2]) == 0 then return false end
end
local seconds = tonumber(ARGV[4])
if redis.call('TTL', KEYS[1]) < seconds * 29 / 30 then
  for i = 1, #KEYS do redis.call('EXPIRE', KEYS[i], seconds) end
end
local wanted = tonumber(ARGV[3])
if ARGV[1] == 'below' and ARGV[2] == '' then
  local ids = redis.call('GETRANGE', KEYS[1], '-' .. wanted + 8, '-1')
  return {ids:sub(1, 8), ids:sub(9), pulls}
end
local list = redis.call('GET', KEYS[1])
if ARGV[1] == 'above' then
  local at = first_above(list, 9, ARGV[2])
  return {floor, list:sub(at, at + wanted - 1), pulls}
end
local stop = first_above(list, 9, ARGV[2])
if stop > 9 and list:sub(stop - 8, stop - 1) == ARGV[2] then stop = stop - 8 end
local start = math.max(9, stop - wanted)
return {list:sub(start - 8, start - 1), list:sub(start, stop - 1), pulls}
"""
)
