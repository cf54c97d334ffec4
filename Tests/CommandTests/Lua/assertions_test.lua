-- What `decart-lua test` gives to tests, tested by it.
local test = require("decart.test")
local decart = require("decart")

local function client(options) return decart.createDecartClient(options) end

local function message_of(f)
  local e = assert.error(f)
  return type(e) == "table" and e.message or tostring(e)
end

describe("assert", function()
  it("is Lua's own when it is called", function()
    local a, b = assert(1, 2)
    assert.equal(1, a)
    assert.equal(2, b)
    assert.error(function() assert(false, "boom") end, "boom")
    assert.error(function() assert(nil) end, "assertion failed!")
    assert.error(function() assert() end, "bad argument #1 to 'assert'")
  end)

  it("reads as busted's does", function()
    assert.equals(1, 1)
    assert.are.equal(1, 1)
    assert.are_equal(1, 1)
    assert.is_true(true)
    assert.is.truthy(0)
    assert.is_nil(nil)
    assert.is_not_nil(false)
    assert.is_not.equal(1, 2)
    assert.not_same({}, { 1 })
    assert.has_no.errors(function() end)
    assert.has_error(function() error("x") end, "x")
    assert.is_table({})
    assert.near(1, 1.05, 0.1)
    assert.matches("^a+$", "aaa")
  end)

  it("tells equal from same", function()
    local t = { 1, { x = "y" } }
    assert.equal(t, t)
    assert.not_equal(t, { 1, { x = "y" } })
    assert.same(t, { 1, { x = "y" } })
    assert.not_same({ 1, nil, 3 }, { 1, 2, 3 })
    assert.not_same({ a = false }, {})
    local a, b = {}, {}
    a.self, b.self = a, b
    assert.same(a, b)
  end)

  it("marks the first difference", function()
    assert.equal([[
they differ first at .steps[2].status
expected:
  {
    steps = {
      "pending",
      {
→       status = "processing",
      },
    },
    z = 1,
  }
got:
  {
    steps = {
      "pending",
      {
→       status = "completed",
      },
    },
    z = 1,
  }]], message_of(function()
      assert.same({ steps = { "pending", { status = "processing" } }, z = 1 },
        { steps = { "pending", { status = "completed" } }, z = 1 })
    end))
    assert.equal('expected: "a"\n     got: nil', message_of(function() assert.equal("a", nil) end))
    assert.matches("^mine\nexpected: 1", message_of(function() assert.equal(1, 2, "mine") end))
  end)

  it("says what it does not know", function()
    assert.error(function() assert.foo(1) end, "assert.foo is not known; there are")
    assert.error(function() assert.equal(1) end, "assert.equal takes 2 values, and got 1")
    local function wrong() before_each(function() end) end -- luacheck: ignore
    assert.error(wrong, "before_each is called beforeEach here")
  end)

  it("answers the error", function()
    local e = assert.error(function() client().queue.status("job_none") end, { code = "NOT_FOUND", status = 404 })
    assert.equal("job_none", e.data.job_id)
  end)
end)

describe("hooks", function()
  local trace = {}
  afterEach(function() assert.equal("outer inner test cleared", table.concat(trace, " ")) end)
  describe("of a describe around", function()
    afterEach(function() trace[#trace + 1] = "cleared" end)
    it("come first, and last, wherever they stand", function() trace[#trace + 1] = "test" end)
    beforeEach(function() trace[#trace + 1] = "inner" end)
  end)
  beforeEach(function() trace[#trace + 1] = "outer" end)
end)

describe("a test", function()
  for round = 1, 2 do
    it("has a machine of its own, time " .. round, function()
      assert.is_nil(SHARED) -- luacheck: ignore
      SHARED = true -- luacheck: ignore
      assert.equal(0, decart.now())
      assert.equal(1767225600, os.time())
      decart.sleep(1500)
      assert.equal(1767225601, os.time())
      assert.equal(1.5, os.clock())
    end)
  end

  it("has the same chance every time", function()
    local queue = test.queue { "completed" }
    client().queue.submit({ model = "lucy-pro-t2v", prompt = "x" })
    assert.same({ "job_essvdp2eafwzx2hehfh7" }, queue:ids())
    assert.equal(414, math.random(1000))
  end)

  it("finds the files beside it", function()
    assert.equal("here", require("beside").where)
    assert.equal("here", dofile("beside.lua").where)
  end)

  it("sees what is printed, whichever way", function()
    print("a", nil, 1)
    io.write("b", 2, "\n")
    io.stdout:write("c"):write("d")
    assert.equal("a\tnil\t1\nb2\ncd", test.output())
    assert.same({ "a\tnil\t1", "b2", "cd" }, test.lines())
  end)

  it("has no network", function()
    assert.error(function()
      client().queue.submit({ model = "lucy-pro-i2v", prompt = "x", data = "http://example.com/a.png" })
    end, "no network")
  end)
end)

describe("the queue", function()
  local inputs = { model = "lucy-pro-t2v", prompt = "A lake" }

  it("follows one timetable a job, and the last for all further", function()
    local queue = test.queue {
      { { "pending", 1000 }, "completed" },
      { error = 429, retryAfter = 3000 },
      { { "pending", 10 }, { "failed", error = "no" } },
    }
    local c = client()
    assert.equal("completed", c.queue.submitAndPoll(inputs).status)
    for _ = 1, 2 do assert.same("no", c.queue.submitAndPoll(inputs).error) end
    local calls = {}
    for i, request in ipairs(queue:requests()) do calls[i] = ("%s %s"):format(request.call, request.status) end
    assert.same({
      "submit 200", "status 200", "status 200", "result 200", "submit 429", "submit 200", "status 200", "submit 200",
      "status 200",
    }, calls)
    local jobs = queue:jobs()
    assert.equal(3, #jobs)
    assert.equal("A lake", jobs[1].inputs.prompt)
    assert.equal(jobs[1].job_id, queue:ids()[1])
    assert.same({ 500, 2000 }, queue:looks(jobs[1].job_id))
  end)

  it("expires jobs, cuts connections and hangs", function()
    local queue = test.queue {
      { { "pending", 100 }, "cut", { "processing", 100 }, "hang", { "completed", 200000 }, "expired" },
    }
    local c = client({ maxRetries = 0, timeout = 9000 })
    local id = c.queue.submit(inputs).job_id
    decart.sleep(100)
    assert.error(function() c.queue.status(id) end, "NETWORK_ERROR")
    decart.sleep(100)
    local began = decart.now()
    assert.error(function() c.queue.status(id) end, "NETWORK_ERROR")
    assert.equal(9000, decart.now() - began)
    assert.equal("completed", c.queue.status(id).status)
    decart.sleep(200000)
    assert.error(function() c.queue.status(id) end, "NOT_FOUND")
    assert.is_nil(queue:requests()[2].status)
  end)

  it("says what is wrong with a timetable, at the line", function()
    local e = assert.error(function() test.queue { { { "pending" }, "completed" } } end)
    assert.matches("assertions_test.lua:%d+: timetable 1: step 1 needs its milliseconds", e)
  end)

  it("is what a script's clients talk to, to its end", function()
    local queue = test.queue { { { "pending", 3000 }, { "processing", 3000 }, "completed" } }
    test.script("beside.lua", "x")
    assert.equal("beside got x and its timer fired", test.lines()[1])
    assert.equal(1, #queue:jobs())
    assert.equal(7000, decart.now())
  end)
end)
