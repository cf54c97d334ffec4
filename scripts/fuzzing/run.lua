-- Runs random programs, one after the other: run.lua TYPES FIRST LAST PROGRESS. The number of each is written to the
-- file PROGRESS before it runs, and "done" after the last. With "show" in place of PROGRESS they are printed and
-- not run.
local folder = arg[0]:match("^(.*/)") or ""
package.path = folder .. "?.lua;" .. package.path
local generator = require("generator")
local support = require("support")

local types, first, last, progress = arg[1], tonumber(arg[2]), tonumber(arg[3]), arg[4]
generator.open(types)
local programs = {}
-- Before any of them runs: they may change what this is made of.
for seed = first, last do programs[seed] = generator.program(seed) end

if progress == "show" then
  for seed = first, last do
    local ok, message = load(programs[seed])
    print(("-- program %d%s\n%s"):format(seed, ok and "" or ": " .. message, programs[seed]))
  end
  return
end

support.run(programs, first, last, progress)
