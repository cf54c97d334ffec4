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
    assert.error(function() assert.spy(1) end, "bad argument #1 to 'assert.spy' (spy or stub expected, got number)")
    assert.error(function() assert.spy(spy.new()).was.nodded() end, "assert.spy(…).nodded is not known")
    assert.is_nil(beforeEach) -- luacheck: ignore
    assert.error(function() finally(1) end, "bad argument #1 to 'finally'")
    assert.error(function() before_each(print) end, "before_each cannot be called within a test")
  end)

  it("answers the error", function()
    local e = assert.error(function() client().queue.status("job_none") end, { code = "NOT_FOUND", status = 404 })
    assert.equal("job_none", e.data.job_id)
  end)
end)

describe("same", function()
  it("compares what tables hold, not what their metatables answer", function()
    local proxy = setmetatable({}, { __index = { a = 1 }, __len = function() return 3 end })
    assert.not_same({ a = 1 }, proxy)
    assert.not_same(proxy, { a = 1 })
    assert.same({}, proxy)
    local strict = setmetatable({ a = 1 }, {
      __index = function(_, key) error("no " .. key) end, __eq = error, __pairs = error, __len = error,
    })
    assert.same({ a = 1 }, strict)
    assert.not_same({ a = 1, b = 2 }, strict)
    assert.matches("they differ first at .b\n", message_of(function() assert.same({ a = 1, b = 2 }, strict) end))
  end)

  it("tells NaN apart, from itself too", function()
    local nan = 0 / 0
    assert.not_same(nan, nan)
    assert.not_same({ nan }, { nan })
    assert.same({ 1, 0.0 }, { 1.0, -0.0 })
    assert.equal("expected: NaN\n     got: NaN\nNaN is equal to nothing, not even to itself",
      message_of(function() assert.same(nan, nan) end))
    assert.matches("NaN is equal to nothing, not even to itself$",
      message_of(function() assert.same({ a = { nan } }, { a = { nan } }) end))
    assert.equal("expected: NaN\n     got: 1", message_of(function() assert.same(nan, 1) end))
  end)

  -- Nested so deep, the innermost table holding that value.
  local function nested(depth, value)
    local t = { value }
    for _ = 1, depth do t = { t } end
    return t
  end

  it("goes as deep as tables do", function()
    assert.same(nested(100000, 1), nested(100000, 1))
  end)

  it("says where it is in one line, however deep", function()
    local message = message_of(function() assert.same(nested(100000, 1), nested(100000, 2)) end)
    assert.matches("they differ first at %[1%]%[1%]", message)
    assert.matches(" … %(99985 keys%) … %[1%]%[1%]%[1%]%[1%]\n", message)
    assert.is_true(#message < 2000)
  end)

  it("is for what spies were called with, however deep", function()
    local called = spy.new()
    called(nested(100000, 1))
    assert.spy(called).was.called_with(nested(100000, 1))
  end)

  it("takes a table for itself however it is reached, and tells the first difference in the order of keys", function()
    local a, b = { x = {} }, { x = {} }
    a.x.up, b.x.up = a, b
    assert.same(a, b)
    a.x.z, b.x.z = 1, 2
    assert.matches("they differ first at .x.z\n", message_of(function() assert.same(a, b) end))
    assert.matches("they differ first at .a\n", message_of(function() assert.same({ a = 1, b = 1 }, { b = 2 }) end))
    assert.matches("they differ first at %[false%]\n", message_of(function() assert.same({ [false] = 1 }, {}) end))
  end)
end)

describe("error_matches", function()
  it("is for messages by their pattern", function()
    local function fails() error("it took 250 ms", 0) end
    assert.error_matches(fails, "^it took %d+ ms$")
    assert.has_error_matches(fails, "took")
    assert.matches_error(fails, "%d%d%d")
    assert.error_matches(fails, "0 ms", 1, true)
    assert.has_no.error_matches(fails, "%d%d%d%d")
    assert.has_no.error_matches(function() end, ".")
    assert.equal("NOT_FOUND", assert.error_matches(function() client().queue.status("job_none") end, "job_%a+").code)
    assert.equal('expected an error with a match of: "^no"\n     got: it took 250 ms',
      message_of(function() assert.error_matches(fails, "^no") end))
    assert.matches("got: none", message_of(function() assert.error_matches(function() end, ".") end))
  end)
end)

describe("spies", function()
  it("remember calls, and call through", function()
    local t = { add = function(a, b) return a + b end }
    local original = t.add
    local s = spy.on(t, "add")
    assert.equal(3, t.add(1, 2))
    assert.equal(7, t.add(3, 4))
    assert.spy(s).was.called()
    assert.spy(s).was.called(2)
    assert.spy(t.add).was_called_with(1, 2)
    assert.spy(s).was_not.called_with(2, 1)
    assert.spy(s).was.returned_with(7)
    assert.spy(s).was.called_at_least(2)
    assert.spy(s).was.called_at_most(2)
    assert.spy(s).was.called_more_than(1)
    assert.spy(s).was.called_less_than(3)
    s:clear()
    assert.spy(s).was_not_called()
    s:revert()
    assert.equal(original, t.add)
    assert.is_true(spy.is_spy(s))
    assert.is_false(spy.is_spy(original))
  end)

  it("keep tables as they were when they were passed", function()
    local s, t = spy.new(function() end), { 1 }
    s(t, nil)
    t[1] = 2
    assert.spy(s).was.called_with({ 1 }, nil)
    assert.spy(s).was_not.called_with({ 1 })
  end)

  it("say what they saw", function()
    local s = spy.new()
    assert.equal("expected: called once\n     got: 0 times", message_of(function() assert.spy(s).was.called(1) end))
    s("a")
    assert.equal('expected: ("b")\nbut it was called with:\n  ("a")',
      message_of(function() assert.spy(s).was.called_with("b") end))
    assert.matches("expected: not so", message_of(function() assert.spy(s).was_not.called() end))
  end)
end)

describe("stubs", function()
  it("take the place of a function", function()
    local t = { now = function() return 5 end }
    stub(t, "now", 1, 2)
    assert.same({ 1, 2 }, { t.now() })
    assert.stub(t.now).was.called(1)
    t.now.returns(3)
    t.now.on_call_with("x").returns(4)
    t.now.on_call_with("y").invokes(function(v) return v .. "!" end)
    assert.same({ 3, 4, "y!" }, { t.now(), t.now("x"), (t.now("y")) })
    t.now.by_default.invokes(function() return 6 end)
    assert.equal(6, t.now("z"))
    t.now:revert()
    assert.equal(5, t.now())
    stub(decart, "sleep")
    decart.sleep(1e9)
    assert.stub(decart.sleep).was.called_with(1e9)
  end)
end)

describe("hooks", function()
  local trace = {}
  local function note(word) return function() trace[#trace + 1] = word end end
  teardown(function()
    assert.equal("setup inner-setup outer inner test finally cleared after inner-teardown", table.concat(trace, " "))
  end)
  setup(note("setup"))
  after_each(note("after"))
  describe("of a describe around", function()
    setup(note("inner-setup"))
    teardown(note("inner-teardown"))
    after_each(note("cleared"))
    it("come first, and last, wherever they stand", function()
      finally(note("finally"))
      trace[#trace + 1] = "test"
    end)
    before_each(note("inner"))
  end)
  before_each(note("outer"))
end)

describe("insulate", function()
  insulate("has globals", function()
    INSULATED = "inside" -- luacheck: ignore
    package.loaded.insulated = true
    it("of its own", function()
      assert.equal("inside", INSULATED) -- luacheck: ignore
      assert.is_true(package.loaded.insulated)
    end)
  end)
  insulate(function()
    it("may go without a name", function() assert.is_nil(INSULATED) end) -- luacheck: ignore
  end)
  it("leaves nothing behind", function()
    assert.is_nil(INSULATED) -- luacheck: ignore
    assert.is_nil(package.loaded.insulated)
  end)
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

describe("os.exit in a script", function()
  local cases = {
    ["in the main chunk"] = "os.exit(7)",
    ["in a pcall, again and again"] = "for _ = 1, 3 do pcall(os.exit, 7) end",
    ["in a coroutine"] = "coroutine.wrap(function() pcall(os.exit, 7) end)()",
    ["where it cannot wait"] = "table.sort({ 3, 2, 1 }, function() os.exit(7) end)",
    ["in a task that is awaited"] = "decart.spawn(function() os.exit(7) end):await()",
    ["in a task, after the main chunk"] = "decart.spawn(function() decart.sleep(5) os.exit(7) end)",
    ["in a timer"] = "setTimeout(os.exit, 5, 7) decart.sleep(1e9)",
    ["in an interval"] = "setInterval(function() os.exit(7) end, 5)",
    ["in an error's handler"] = "xpcall(error, function() os.exit(7) end)",
    ["under an error's handler"] = "xpcall(os.exit, function() print('handled') end, 7)",
    ["under a handler that does not end"] = "xpcall(os.exit, function() while true do end end, 7)",
    ["under a handler in a coroutine"] =
      "coroutine.wrap(function() xpcall(os.exit, function() print('handled') end, 7) end)()",
    ["in a metamethod"] = "local _ = setmetatable({}, { __index = function() os.exit(7) end }).x",
  }
  for name, code in pairs(cases) do
    it("ends it " .. name .. ", and is its status", function()
      local file = os.tmpname()
      finally(function() os.remove(file) end)
      local out = assert(io.open(file, "w"))
      out:write("local decart = require('decart')\n",
        "local last <close> = setmetatable({}, { __close = function() print('closed') end })\n",
        "decart.spawn(function() pcall(decart.sleep, 1e8) print('another task') end)\n",
        "print('begun')\n", code, "\n",
        code:find("setInterval") and "" or code:find("spawn") and not code:find("await") and "" or "print('after')\n")
      out:close()
      assert.equal(7, test.script(file))
      assert.equal("begun", test.lines()[1])
      for _, line in ipairs(test.lines()) do assert.not_equal("another task", line) end
      for _, line in ipairs(test.lines()) do assert.not_equal("after", line) end
      for _, line in ipairs(test.lines()) do assert.not_equal("handled", line) end
    end)
  end

  it("takes what Lua's takes", function()
    local file = os.tmpname()
    finally(function() os.remove(file) end)
    for code, status in pairs({ ["true"] = 0, ["false"] = 1, [""] = 0, ["256 + 3"] = 3, ["2.0"] = 2 }) do
      local out = assert(io.open(file, "w"))
      out:write("os.exit(", code, ")")
      out:close()
      assert.equal(status, test.script(file))
    end
  end)

  it("lets the test go on, with its own tasks", function()
    local file = os.tmpname()
    finally(function() os.remove(file) end)
    local out = assert(io.open(file, "w"))
    out:write("require('decart').spawn(os.exit, 3)\nsetInterval(print, 10)")
    out:close()
    local ticks = 0
    local task = decart.spawn(function()
      for _ = 1, 10 do
        decart.sleep(100)
        ticks = ticks + 1
      end
    end)
    assert.equal(3, test.script(file))
    task:await()
    assert.equal(10, ticks)
    assert.equal("", test.output())
  end)
end)
