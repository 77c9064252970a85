"""The Lua of packed id lists; `timelines.inbox` says what they are and is the only one to use it.

A list is one string: an 8-byte floor, then 8-byte big-endian ids, ascending. While it is being built the floor is
INFINITY (all ones), followed by the builder's 8-byte token, whose first byte is all ones too: it compares above every
id, so that the usual test "newer than the last 8 bytes" sends a delivery into an empty building list to `insert`.
Ids are compared as two 32-bit halves: Lua's numbers are doubles, and its string comparison follows the locale.
"""

from stores.scripts import Script

INFINITY = b"\xff" * 8

_COMMON = r"""
local INFINITY = string.rep('\255', 8)

-- Whether the id at byte i of a is greater than the one at byte j of b.
local function above(a, i, b, j)
  local ah, al = struct.unpack('>I4I4', a, i)
  local bh, bl = struct.unpack('>I4I4', b, j)
  return ah > bh or (ah == bh and al > bl)
end

-- The byte at which the first id greater than `id` stands, among those from byte `first` on; the end if there is none.
local function first_above(list, first, id)
  local low, high = 0, (#list - first + 1) / 8
  while low < high do
    local middle = math.floor((low + high) / 2)
    if above(list, first + middle * 8, id, 1) then high = middle else low = middle + 1 end
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

local function insert(key, ids)
  local list = redis.call('GET', key)
  local building = list:sub(1, 8) == INFINITY
  local first = building and 17 or 9
  local lowest
  for i = 1, #ids, 8 do
    local id = ids:sub(i, i + 7)
    if building or above(id, 1, list, 1) then
      local at
      list, at = place(list, first, id)
      if at and (not lowest or at < lowest) then lowest = at end
    end
  end
  if lowest then redis.call('SETRANGE', key, lowest - 1, list:sub(lowest)) end
  return #list
end

-- Down to the newest half. SET gives the string just the memory it needs.
local function cut(key)
  if redis.call('GETRANGE', key, 0, 7) == INFINITY then return end
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

local delivered = 0
for i = 1, #KEYS do
  local newest = redis.call('GETRANGE', KEYS[i], -8, -1)
  if newest ~= '' then
    local ids = ARGV[i + 2]
    local size
    if above(ids, 1, newest, 1) then
      size = redis.call('APPEND', KEYS[i], ids)
    else
      size = insert(KEYS[i], ids)
    end
    if size > full then
      cut(KEYS[i])
    elseif size > half and size - #ids <= half then
      fit(KEYS[i])
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
local floor = redis.call('GETRANGE', KEYS[1], 0, 7)
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
  if above(id, 1, list, 1) then list = place(list, 9, id) end
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
local floor = redis.call('GETRANGE', KEYS[1], 0, 7)
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
  local size = redis.call('STRLEN', KEYS[1])
  if size - 8 <= wanted then return {floor, redis.call('GETRANGE', KEYS[1], 8, -1), pulls} end
  local ids = redis.call('GETRANGE', KEYS[1], size - wanted - 8, -1)
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
