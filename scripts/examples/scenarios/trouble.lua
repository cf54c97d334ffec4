-- What becomes of the local queue's jobs, for trying a client against trouble:
--   decart-lua serve --scenario scripts/examples/scenarios/trouble.lua
return function(job)
  if job.inputs.prompt:find("fail") then
    return { { "pending", 1000 }, { "processing", 2000 }, { "failed", error = "The prompt asks for it." } }
  end
  -- Every third submit is refused: the account is over its limit for a moment.
  if job.number % 3 == 0 then return { error = 429, retryAfter = 2000 } end
  return {
    { "pending", 1000 }, { error = 503, times = 2 }, { "processing", 3000 }, "cut", { "completed", 600000 }, "expired",
  }
end
