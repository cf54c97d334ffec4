local test = require("decart.test")
local decart = require("decart")

describe("the seed page's back-off", function()
  local client, policy

  before_each(function()
    client = decart.createDecartClient()
    policy = dofile("seed_page_backoff.lua")
  end)

  local function wait(options)
    options = options or {}
    options.model, options.prompt, options.policy = "lucy-pro-t2v", "A serene lake", policy
    return client.queue.submitAndPoll(options)
  end

  it("waits half as long again each time, and 10 s at most", function()
    local queue = test.queue { { { "pending", 5000 }, { "processing", 40000 }, "completed" } }
    assert.equal("completed", wait().status)
    assert.same({ 1000, 2500, 4750, 8125, 13187.5, 20781.25, 30781.25, 40781.25, 50781.25 }, queue:looks())
  end)

  it("gives up after 260.8 s, and says which job it leaves behind", function()
    local queue = test.queue { { { "processing", 300000 }, "completed" } }
    local err = assert.error(wait, "TIMEOUT")
    assert.equal(queue:ids()[1], err.data.job_id)
    assert.near(260800, decart.now(), 50)
  end)

  it("takes a failed look for a missed one", function()
    local queue = test.queue {
      { { "pending", 2000 }, { error = 503, times = 3 }, { "processing", 3000 }, "completed" },
    }
    assert.equal("completed", wait().status)
    assert.equal(503, queue:requests()[3].status)
  end)

  it("hands on a failure's reason", function()
    test.queue { { { "pending", 1000 }, { "failed", error = "out of memory" } } }
    assert.same("out of memory", wait().error)
  end)

  it("is what the page's own loop does", function()
    local queue = test.queue { { { "pending", 5000 }, { "processing", 15000 }, "completed" } }
    test.script("../exponential_backoff.lua")
    local theirs = queue:looks()
    local began = decart.now()
    test.queue { { { "pending", 5000 }, { "processing", 15000 }, "completed" } }
    wait()
    local ours = queue:looks(queue:ids()[2])
    -- The loop looks at once, the policy is asked first.
    for i = 2, #theirs do assert.near(theirs[i], ours[i - 1] - began, 0.001) end
  end)
end)
