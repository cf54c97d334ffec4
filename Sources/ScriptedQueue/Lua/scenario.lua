-- Loads a scenario: a file that returns a function from a submitted job to its timetable. Returns a function that calls
-- the scenario; called without a job, it returns where the scenario is.
local host, path, folder, seed = ...
local nowait = host.nowait

package.path = folder .. "?.lua;" .. package.path
if seed then math.randomseed(seed) end

local chunk, message = loadfile(path)
if not chunk then error(message, 0) end
local scenario = nowait("a scenario", chunk, path)
if type(scenario) ~= "function" then
  error(("%s: the file returned %s; a scenario returns a function(job) that returns the job's timetable"):format(
    path, scenario == nil and "nothing" or "a " .. type(scenario)), 0)
end

local info = debug.getinfo(scenario, "S")
local place = ("%s:%d"):format(info.short_src, info.linedefined)

return function(job)
  if job == nil then return place end
  return nowait("a scenario", scenario, job)
end
