local test = require("decart.test")
local decart = require("decart")

describe("the policy for a rate-limited account", function()
  local client, policy

  before_each(function()
    client = decart.createDecartClient({ maxRetries = 0 })
    policy = dofile("rate_limited.lua")
  end)

  local function wait_for(jobs)
    local calls = {}
    for i = 1, jobs do
      calls[i] = function()
        return client.queue.submitAndPoll({ model = "lucy-pro-t2v", prompt = "Lake " .. i, policy = policy })
      end
    end
    return decart.all(calls)
  end

  it("looks once a second, however many jobs are waited for", function()
    local queue = test.queue { { { "processing", 60000 }, "completed" } }
    for _, result in ipairs(wait_for(20)) do assert.equal("completed", result.status) end
    local looks = queue:looks()
    for i = 2, #looks do assert.is_true(looks[i] - looks[i - 1] >= 999.99) end
  end)

  it("slows down when it is refused, and comes back", function()
    local queue = test.queue {
      { { "processing", 5000 }, { error = 429, times = 2 }, { "processing", 120000 }, "completed" },
    }
    assert.equal("completed", wait_for(1)[1].status)
    local looks, longest = queue:looks(), 0
    for i = 2, #looks do longest = math.max(longest, looks[i] - looks[i - 1]) end
    assert.near(4000, longest, 250)
    assert.near(1000, looks[#looks] - looks[#looks - 1], 0.001)
  end)

  it("waits at least as long as the server asks", function()
    local queue = test.queue { { { "processing", 1500 }, { error = 429, retryAfter = 30000 }, "completed" } }
    wait_for(1)
    local looks = queue:looks()
    assert.is_true(looks[3] - looks[2] >= 30000)
  end)
end)
