-- Runs random programs, one after the other: run.lua TYPES FIRST LAST PROGRESS [alike]. The number of each is written
-- to the file PROGRESS before it runs, and "done" after the last. With "show" in place of PROGRESS they are printed and
-- not run. With "alike" they are without what a sandbox takes away or chance decides, and what came of each of their
-- calls is written to the file "transcript" beside PROGRESS.
local folder = arg[0]:match("^(.*/)") or ""
package.path = folder .. "?.lua;" .. package.path
local generator = require("generator")
local support = require("support")

local types, first, last, progress, mode = arg[1], tonumber(arg[2]), tonumber(arg[3]), arg[4], arg[5]
generator.open(types, mode == "alike")
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

support.run(programs, first, last, progress, mode == "alike" and (progress:gsub("[^/]*$", "transcript")))
