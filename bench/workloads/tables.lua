-- Tables, closures and strings: Lua calls realloc for everything.
local function tree(depth)
  if depth == 0 then return {} end
  return { tree(depth - 1), tree(depth - 1) }
end
local function count(node)
  if not node[1] then return 1 end
  return 1 + count(node[1]) + count(node[2])
end
for _ = 1, 30 do assert(count(tree(13)) == 2 ^ 14 - 1) end

local words = {}
for i = 1, 60000 do words[i] = "word" .. (i * 7919 % 60013) end
table.sort(words)
local seen = {}
for i, word in ipairs(words) do
  local key = word:sub(1, 6)
  seen[key] = seen[key] or {}
  table.insert(seen[key], function() return word .. i end)
end
local length = 0
for _, list in pairs(seen) do
  for _, make in ipairs(list) do length = length + #make() end
end
local text = table.concat(words, " ")
for word in text:gmatch("%a+%d+") do length = length + #word:upper() end
assert(length > 0)
