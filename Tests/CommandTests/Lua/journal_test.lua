-- What scripts see of the journal: keys, caps, prices, spending. Under `decart-lua test` it is in memory.
local decart = require("decart")

local function client() return decart.createDecartClient() end

local function submit(options)
  options.model = options.model or "lucy-pro-t2v"
  options.prompt = options.prompt or "a sunset"
  options.maxSeconds = options.maxSeconds or 4
  return client().queue.submit(options)
end

before_each(function() decart.prices { ["lucy-pro-t2v"] = 0.04 } end)

local function code_of(options)
  local ok, e = pcall(submit, options)
  assert.is_false(ok)
  return e.code, e
end

describe("a key", function()
  it("is the same job with the same inputs", function()
    local first = submit { key = "k" }
    assert.is_nil(first.replayed)
    local second = submit { key = "k" }
    assert.is_true(second.replayed)
    assert.equal(first.job_id, second.job_id)
    assert.not_equal(first.job_id, submit({}).job_id)
  end)

  it("raises KEY_REUSED for other inputs", function()
    submit { key = "k" }
    local code, e = code_of { key = "k", prompt = "a sunrise" }
    assert.equal("KEY_REUSED", code)
    assert.is_string(e.data.job_id)
  end)

  it("gives the result of a job that was waited for", function()
    local options = { model = "lucy-pro-t2v", prompt = "x", key = "k" }
    local first = client().queue.submitAndPoll(options)
    local second = client().queue.submitAndPoll(options)
    assert.equal(first.job_id, second.job_id)
    assert.equal(first.data:text(), second.data:text())
  end)

  it("does not go to the server, nor does anything else that is said of a job", function()
    submit { key = "k", label = "l", maxCost = 1, pinSeed = true, payTwice = true }
    assert.is_nil(decart.jobs.get("k").inputs)
  end)
end)

describe("options of a submit", function()
  it("are checked", function()
    for _, options in ipairs {
      { key = 1 }, { key = "" }, { label = {} }, { maxCost = -1 }, { maxCost = "1" }, { maxSeconds = 0 },
      { payTwice = 1 }, { pinSeed = "yes" }, { reuse = "always" },
    } do
      assert.equal("INVALID_OPTIONS", (code_of(options)))
    end
  end)

  it("pin a seed", function()
    local job = submit { pinSeed = true, key = "k" }
    assert.is_number(job.seed)
    assert.equal(job.seed, submit({ pinSeed = true, key = "k" }).seed)
  end)
end)

describe("money", function()
  it("is estimated, and refused above maxCost", function()
    submit { maxCost = 0.16 }
    local code, e = code_of { maxCost = 0.15 }
    assert.equal("OVER_BUDGET", code)
    assert.equal(0.16, e.data.estimate)
    assert.equal("OVER_BUDGET", (code_of { maxCost = 1, model = { name = "x", queueUrlPath = "/v1/jobs/x" } }))
  end)

  it("is added up", function()
    submit { label = "a" }
    submit { label = "b", maxSeconds = 1 }
    local spend = decart.spend()
    assert.equal(0.2, spend.run)
    assert.equal(0.2, spend.day)
    assert.equal(0, spend.unknown)
    assert.same({}, spend.cap)
  end)

  it("has prices that can be raised and not lowered", function()
    decart.prices { ["lucy-pro-t2v"] = 0.01 }
    submit { maxCost = 0.16 }
    decart.prices { ["/v1/jobs/lucy-pro-t2v"] = 0.05 }
    assert.equal("OVER_BUDGET", (code_of { maxCost = 0.16 }))
    assert.equal(0.05, decart.prices()["/v1/jobs/lucy-pro-t2v"].perSecond)
    for _, bad in ipairs { { ["lucy-2.5"] = -1 }, { ["no such model"] = 1 }, { 1 }, "x" } do
      assert.error(function() decart.prices(bad) end)
    end
  end)
end)

describe("decart.jobs", function()
  it("lists what was submitted, newest first", function()
    local first = submit { label = "a" }
    decart.sleep(10)
    submit { key = "k" }
    local jobs = decart.jobs.list()
    assert.equal(2, #jobs)
    assert.equal("k", jobs[1].key)
    assert.equal(first.job_id, jobs[2].jobId)
    assert.equal("accepted", jobs[2].state)
    assert.equal(0.16, jobs[2].charge)
    assert.equal(1, #decart.jobs.list { label = "a" })
    assert.equal(0, #decart.jobs.list { state = "failed" })
    assert.equal(2, #decart.jobs.list { since = "1h" })
    assert.error(function() decart.jobs.list { since = "then" } end)
    -- Times that no clock shows.
    assert.equal(0, #decart.jobs.list { since = 1e308 })
    assert.equal(2, #decart.jobs.list { since = -1e308 })
    assert.error_matches(function() decart.jobs.list { since = 0 / 0 } end, "since of list must be a number")
    assert.error(function() decart.jobs.list { state = "lost" } end)
  end)

  it("finds one by its key, its id or the beginning of one", function()
    local job = submit { key = "k" }
    local row = decart.jobs.get("k")
    assert.equal(job.job_id, row.jobId)
    assert.equal(row.id, decart.jobs.get(row.id:sub(1, 4)).id)
    assert.equal(row.id, decart.jobs.get(job.job_id).id)
    assert.is_nil(decart.jobs.get("none"))
  end)

  it("follows a job to its end", function()
    local job = client().queue.submitAndPoll { model = "lucy-pro-t2v", prompt = "x" }
    assert.equal("completed", decart.jobs.get(job.job_id).state)
  end)
end)
